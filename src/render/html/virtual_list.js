// A list of any length, of which only the rows near the window are elements. Rows are as high
// as they like: a view says how high it expects one to be, and a row that is there is measured.
//
// A view has: items (indexes), expectedHeight(item), makeRow(item) → element with a .toggle.
const SPARE_PIXELS = 400; // above and below the window, so that scrolling shows no gaps
const HIGHEST = 16_000_000; // browsers lose precision, and then height, somewhere above this
const MOST_PRINTED = 2_000;
const MOST_WHOLE = 200; // a list that is no longer is there whole, for the browser's own search

class VirtualList {
  constructor(box, controls) {
    this.box = box;
    this.controls = controls; // stick to the top of the window and cover what is below
    this.view = null;
    this.items = new Int32Array(0);
    this.tops = new Float64Array(1);
    this.rows = new Map(); // position → element
    this.measured = new Map(); // item → height
    this.current = 0; // the position that the keyboard is at
    this.printing = false;
    this.scheduled = false;
    addEventListener("scroll", () => this.schedule(), { passive: true });
    addEventListener("resize", () => this.reflow());
    new ResizeObserver(() => this.schedule()).observe(document.body);
    addEventListener("beforeprint", () => this.print(true));
    addEventListener("afterprint", () => this.print(false));
  }

  show(view, items) {
    this.view = view;
    this.items = items;
    this.current = 0;
    this.reflow();
  }

  // How many rows the page can hold; the others are there after a search or filter.
  get shown() {
    return this.tops.length - 1;
  }

  reflow() {
    measureText();
    this.measured.clear();
    this.rows.forEach((row) => row.remove());
    this.rows.clear();
    this.place();
    this.update();
  }

  // Where each row starts.
  place() {
    const count = this.printing ? Math.min(this.items.length, MOST_PRINTED) : this.items.length;
    let tops = new Float64Array(count + 1);
    for (let i = 0; i < count; i++) {
      const item = this.items[i];
      tops[i + 1] = tops[i] + (this.measured.get(item) ?? this.view.expectedHeight(item));
      if (tops[i + 1] > HIGHEST) {
        tops = tops.slice(0, i + 1);
        break;
      }
    }
    this.tops = tops;
    this.box.style.height = this.printing ? "auto" : `${tops[tops.length - 1]}px`;
  }

  schedule() {
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      this.scheduled = false;
      this.update();
    });
  }

  // The position of the row at `pixel` of the list.
  positionAt(pixel) {
    let low = 0, high = this.shown;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.tops[middle] <= pixel) low = middle;
      else high = middle;
    }
    return low;
  }

  wanted() {
    if (this.printing || this.shown <= MOST_WHOLE) return [0, this.shown];
    const top = -this.box.getBoundingClientRect().top;
    if (top + innerHeight < -SPARE_PIXELS) return [0, 1];
    return [this.positionAt(top - SPARE_PIXELS), Math.min(this.positionAt(top + innerHeight + SPARE_PIXELS) + 1, this.shown)];
  }

  update() {
    if (!this.view) return;
    this.build(...this.wanted());
    if (!this.measure()) return;
    this.place();
    this.build(...this.wanted());
  }

  // Makes what is missing, drops what is not wanted, and leaves the elements in the order of the
  // list. The row with the focus stays, or the keyboard would lose its place.
  build(from, to) {
    for (const [position, row] of this.rows) {
      if ((position >= from && position < to) || row.contains(document.activeElement)) continue;
      row.remove();
      this.rows.delete(position);
    }
    const positions = new Set(this.rows.keys());
    for (let position = from; position < to; position++) positions.add(position);
    let next = this.box.firstElementChild;
    for (const position of [...positions].sort((a, b) => a - b)) {
      let row = this.rows.get(position);
      if (row) next = row.nextElementSibling;
      else this.box.insertBefore((row = this.makeRow(position)), next);
      row.style.transform = this.printing ? "" : `translateY(${this.tops[position]}px)`;
    }
    this.markTabStop(from);
  }

  makeRow(position) {
    const row = this.view.makeRow(this.items[position]);
    row.classList.add("row");
    row.setAttribute("role", "listitem");
    row.setAttribute("aria-setsize", this.items.length);
    row.setAttribute("aria-posinset", position + 1);
    row.dataset.position = position;
    this.rows.set(position, row);
    return row;
  }

  // The Tab key stops at one row; the arrow keys go to the others.
  markTabStop(from) {
    const stop = this.rows.has(this.current) ? this.current : from;
    this.rows.forEach((row, position) => (row.querySelector(".toggle").tabIndex = position === stop ? 0 : -1));
  }

  // Whether a row is not as high as it was thought to be.
  measure() {
    let changed = false;
    for (const [position, row] of this.rows) {
      if (position >= this.shown) continue;
      const height = row.getBoundingClientRect().height;
      if (Math.abs(height - (this.tops[position + 1] - this.tops[position])) < 0.5) continue;
      this.measured.set(this.items[position], height);
      changed = true;
    }
    return changed;
  }

  // Makes the row at `position` again, after something about it has changed.
  remake(position) {
    this.rows.get(position)?.remove();
    this.rows.delete(position);
    this.measured.delete(this.items[position]);
    this.place();
    this.update();
  }

  // Brings a row into the window and gives it the focus.
  focus(position) {
    if (this.shown === 0) return;
    this.current = Math.max(0, Math.min(position, this.shown - 1));
    const start = this.box.getBoundingClientRect().top + this.tops[this.current];
    const end = this.box.getBoundingClientRect().top + this.tops[this.current + 1];
    const sticks = getComputedStyle(this.controls).position === "sticky";
    const covered = sticks ? Math.min(this.controls.offsetHeight, innerHeight / 2) : 0;
    if (start < covered) scrollBy(0, start - covered);
    else if (end > innerHeight) scrollBy(0, Math.min(end - innerHeight, start - covered));
    this.update();
    this.rows.get(this.current)?.querySelector(".toggle").focus({ preventScroll: true });
    this.markTabStop(this.current);
  }

  print(printing) {
    this.printing = printing;
    this.box.classList.toggle("printing", printing);
    this.reflow();
  }
}
