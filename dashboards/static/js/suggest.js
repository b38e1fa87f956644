// Suggestions under the search box while one types: topics, outlets, people, bodies and places of the archive.
const box = document.querySelector("#q, #top-q");

if (box) {
  const list = document.createElement("ul");
  list.id = "suggestions";
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "پیشنهادها");
  box.parentElement.classList.add("suggests");
  box.parentElement.append(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list" }))
    box.setAttribute(name, value);

  let waiting = 0;
  let asked = "";
  let place = -1;

  const close = () => {
    list.hidden = true;
    place = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };

  const show = (found) => {
    list.replaceChildren(
      ...found.map(({ name, kind, url }, number) => {
        const line = document.createElement("li");
        line.id = `suggestion-${number}`;
        line.setAttribute("role", "option");
        line.setAttribute("aria-selected", "false");
        line.dataset.url = url;
        const words = document.createElement("bdi");
        words.textContent = name;
        const note = document.createElement("span");
        note.className = "quiet";
        note.textContent = kind;
        line.append(words, note);
        line.addEventListener("mousedown", (event) => { event.preventDefault(); location.assign(url); });
        return line;
      }),
    );
    close();
    list.hidden = found.length === 0;
    box.setAttribute("aria-expanded", String(found.length > 0));
  };

  const ask = async () => {
    const text = box.value.trim();
    if (text === asked) return;
    asked = text;
    if (text.length < 2) return close();
    try {
      const reply = await fetch(`/search/suggest?q=${encodeURIComponent(text)}`);
      if (reply.ok && text === asked) show((await reply.json()).suggestions);
    } catch {
      close(); // the box works without suggestions
    }
  };

  box.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(ask, 120); });
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event) => {
    const lines = [...list.children];
    if (event.key === "Escape") return close();
    if (list.hidden || !lines.length) return;
    if (event.key === "Enter" && place >= 0) {
      event.preventDefault();
      location.assign(lines[place].dataset.url);
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    lines[place]?.setAttribute("aria-selected", "false");
    place = (place + step + lines.length) % lines.length;
    lines[place].setAttribute("aria-selected", "true");
    box.setAttribute("aria-activedescendant", lines[place].id);
  });
}
