// «چرا این خبر؟» opens in its place under the hit; without scripts the link leads to a page of its own.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-why]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const box = document.getElementById(link.getAttribute("aria-controls"));
  const open = box.hidden;
  link.setAttribute("aria-expanded", String(open));
  box.hidden = !open;
  if (!open || box.childElementCount) return;
  try {
    const reply = await fetch(link.href);
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    box.replaceChildren(...page.querySelector("#why").childNodes);
  } catch {
    location.assign(link.href);
  }
});
