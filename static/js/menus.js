// <details data-menu> behaves like a menu: one open at a time, Esc and a click elsewhere close it, arrows move in it.
const open = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.("details.menu") || !event.target.open) return;
  for (const other of open()) if (other !== event.target && !other.contains(event.target)) other.open = false;
  unclip(event.target);
  keepInside(event.target);
}, true);

document.addEventListener("click", (event) => {
  for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu[open]");
  if (!menu) return;
  if (event.key === "Escape") {
    event.preventDefault();
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  if (!["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key) || event.target.matches("input, select, textarea")) return;
  const items = [...menu.querySelectorAll(".menu-list a, .menu-list button")].filter((item) => item.offsetParent);
  if (!items.length) return;
  event.preventDefault();
  const at = items.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at < 0 ? items.length - 1 : at - 1, Home: 0, End: items.length - 1 }[event.key];
  items[(next + items.length) % items.length].focus();
});

// Inside a scrolling table a list would be cut off: there it hangs from the window instead.
function unclip(menu) {
  const list = menu.querySelector(".menu-list");
  if (!list || !menu.closest(".table-wrap, .card.flush")) return;
  const button = menu.querySelector("summary").getBoundingClientRect();
  const box = list.getBoundingClientRect();
  const below = button.bottom + 5 + box.height <= innerHeight;
  const left = menu.classList.contains("end") ? button.right - box.width : button.left;
  Object.assign(list.style, { position: "fixed", inset: "auto", left: `${Math.max(8, Math.min(left, innerWidth - box.width - 8))}px`, top: `${below ? button.bottom + 5 : Math.max(8, button.top - 5 - box.height)}px` });
  addEventListener("scroll", () => (menu.open = false), { once: true, capture: true });
}

// A menu near the right edge would stick out of a phone's window.
function keepInside(menu) {
  const list = menu.querySelector(".menu-list");
  if (!list) return;
  list.style.translate = "";
  const over = list.getBoundingClientRect().right - (document.documentElement.clientWidth - 8);
  if (over > 0) list.style.translate = `${-over}px`;
}

// Tabs scroll sideways when there are many: the one you are on must be in sight.
for (const tab of document.querySelectorAll(".tabs > [aria-current]")) {
  const { scrollWidth, clientWidth } = tab.parentElement;
  if (scrollWidth > clientWidth) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - (clientWidth - tab.offsetWidth) / 2;
}

// On a phone the navigation is a sheet; choosing a page on this same page must close it.
document.getElementById("nav")?.addEventListener("click", (event) => {
  if (event.target.closest("a") && event.currentTarget.matches(":popover-open")) event.currentTarget.hidePopover();
});
