/* The menu of the signed-in user closes by Escape and by a press beside it. Without this script it closes by its own button. */
const menu = document.querySelector("details.me");

if (menu) {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}
