// Keyboard on every page: / goes to the search box; j, k and o walk through the results; n and p go to the next and the previous;
// ? shows the help.
const typing = (element) => element && (element.matches("input, textarea, select") || element.isContentEditable);
const hits = () => [...document.querySelectorAll("[data-hit]")];
let here = -1;

function walk(step) {
  const list = hits();
  if (!list.length) return;
  list[here]?.classList.remove("is-here");
  here = Math.min(Math.max(here + step, 0), list.length - 1);
  list[here].classList.add("is-here");
  list[here].querySelector("h2 a").focus({ preventScroll: true });
  list[here].scrollIntoView({ block: "nearest" });
}

const actions = {
  "/": () => document.querySelector("input[type=search]")?.focus(),
  j: () => walk(1),
  k: () => walk(-1),
  o: () => hits()[here]?.querySelector("h2 a").click(),
  p: () => document.querySelector("[data-prev]")?.click(),
  n: () => document.querySelector("[data-next]")?.click(),
  "?": () => location.assign("/help#keys"),
};
// The same keys on a Persian keyboard.
const persian = { "ت": "j", "ن": "k", "خ": "o", "د": "n", "ح": "p", "؟": "?" };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(document.activeElement)) return;
  const action = actions[persian[event.key] ?? event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

// On a phone the filters begin folded.
const fold = document.querySelector(".filters-fold");
if (fold && matchMedia("(max-width: 46rem)").matches) fold.removeAttribute("open");
