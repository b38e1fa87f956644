// A Jalali calendar beside every date field. Without it the field takes a date as typed.
const MONTHS = ["فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"];
const WEEKDAYS = ["شنبه", "یکشنبه", "دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه"];
const DAY = 86400000;
const calendar = new Intl.DateTimeFormat("en-u-ca-persian-nu-latn", { year: "numeric", month: "numeric", day: "numeric", timeZone: "UTC" });
const persian = (value) => String(value).replace(/[0-9]/g, (digit) => "۰۱۲۳۴۵۶۷۸۹"[digit]);
const ascii = (text) => text.replace(/[۰-۹]/g, (digit) => "۰۱۲۳۴۵۶۷۸۹".indexOf(digit));

function jalali(time) {
  const parts = Object.fromEntries(calendar.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
  return { year: parts.year, month: parts.month, day: parts.day };
}

// The moment (UTC midnight) of a month's first day: a guess that the calendar itself puts right.
function monthStart(year, month) {
  let time = Date.UTC(year + 621, 2, 21) + Math.round((month - 1) * 30.5) * DAY;
  for (let step = 0; step < 80; step += 1) {
    const found = jalali(time);
    const ahead = (found.year - year) * 12 + found.month - month;
    if (ahead === 0) return time - (found.day - 1) * DAY;
    time -= Math.sign(ahead) * DAY;
  }
  return time;
}

const shifted = ({ year, month }, by) => {
  const count = year * 12 + month - 1 + by;
  return { year: Math.floor(count / 12), month: (count % 12) + 1 };
};

const button = (text, label, act) => {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  if (label) made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
};

class Calendar {
  constructor(field) {
    this.field = field;
    this.opener = button("▾", "گزینش از تقویم", () => (this.box.hidden ? this.open() : this.close()));
    this.opener.className = "calendar-opener";
    this.opener.setAttribute("aria-expanded", "false");
    this.box = document.createElement("div");
    this.box.className = "calendar";
    this.box.hidden = true;
    this.box.setAttribute("role", "dialog");
    this.box.setAttribute("aria-label", "تقویم");
    const wrap = document.createElement("span");
    wrap.className = "calendar-field";
    field.replaceWith(wrap);
    wrap.append(field, this.opener, this.box);
    wrap.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("click", (event) => event.composedPath().includes(wrap) || this.close());
  }

  open() {
    const [year, month, day] = ascii(this.field.value || this.field.placeholder).split("/").map(Number);
    const today = jalali(Date.now());
    this.shown = this.field.value && month >= 1 && month <= 12 ? { year, month } : { year: today.year, month: today.month };
    this.box.hidden = false;
    this.opener.setAttribute("aria-expanded", "true");
    this.draw(this.field.value ? day : today.day);
  }

  close() {
    if (this.box.hidden) return;
    this.box.hidden = true;
    this.opener.setAttribute("aria-expanded", "false");
  }

  turn(by) {
    this.shown = shifted(this.shown, by);
    this.draw(1);
  }

  draw(focused) {
    const { year, month } = this.shown;
    const first = monthStart(year, month);
    const next = shifted(this.shown, 1);
    const length = Math.round((monthStart(next.year, next.month) - first) / DAY);
    const head = document.createElement("div");
    head.className = "calendar-head";
    const name = document.createElement("b");
    name.textContent = `${MONTHS[month - 1]} ${persian(year)}`;
    name.setAttribute("aria-live", "polite");
    head.append(button("›", "ماه پیش", () => this.turn(-1)), name, button("‹", "ماه بعد", () => this.turn(1)));
    const grid = document.createElement("div");
    grid.className = "calendar-grid";
    for (const weekday of WEEKDAYS) {
      const cell = document.createElement("span");
      cell.textContent = weekday[0];
      cell.title = weekday;
      grid.append(cell);
    }
    const blank = (new Date(first).getUTCDay() + 1) % 7;
    for (let number = 0; number < blank; number += 1) grid.append(document.createElement("i"));
    const today = jalali(Date.now());
    for (let day = 1; day <= length; day += 1) {
      const cell = button(persian(day), `${persian(day)} ${MONTHS[month - 1]}`, () => this.pick(day));
      cell.dataset.day = day;
      if (today.year === year && today.month === month && today.day === day) cell.className = "is-today";
      grid.append(cell);
    }
    this.box.replaceChildren(head, grid);
    this.focus(Math.min(focused || 1, length));
  }

  focus(day) {
    this.box.querySelector(`[data-day="${day}"]`)?.focus();
  }

  pick(day) {
    const pad = (value) => String(value).padStart(2, "0");
    this.field.value = persian(`${this.shown.year}/${pad(this.shown.month)}/${pad(day)}`);
    this.close();
    this.field.focus();
  }

  key(event) {
    if (event.key === "Escape" && !this.box.hidden) {
      this.close();
      this.opener.focus();
      event.stopPropagation();
      return;
    }
    const step = { ArrowRight: -1, ArrowLeft: 1, ArrowUp: -7, ArrowDown: 7 }[event.key];
    const day = Number(document.activeElement?.dataset?.day);
    if (!step || !day) return;
    event.preventDefault();
    const target = this.box.querySelector(`[data-day="${day + step}"]`);
    if (target) target.focus();
    else this.turn(Math.sign(step));
  }
}

for (const field of document.querySelectorAll("[data-jalali]")) new Calendar(field);
