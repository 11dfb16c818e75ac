// Search and filters. Every string of the plan stands once in one lower-cased text; a word is
// looked for in that text, which marks the strings that hold it, and then people, groups and
// findings are judged by the marks of their strings. A keystroke costs one scan of the text
// and one walk over the columns.
class SearchText {
  constructor(strings) {
    this.count = strings.length;
    this.text = strings.join("\n").toLowerCase(); // no string has a line end: those are escaped
    this.starts = new Int32Array(this.count + 1);
    for (let i = 1, at = 0; i < this.count; i++) {
      at = this.text.indexOf("\n", at) + 1;
      this.starts[i] = at;
    }
    this.starts[this.count] = this.text.length + 1;
    this.found = new Map();
  }

  // For each string, 1 where it holds `word`.
  holding(word) {
    const known = this.found.get(word);
    if (known) return known;
    const marks = new Uint8Array(this.count);
    let string = 0;
    for (let at = this.text.indexOf(word); at !== -1; at = this.text.indexOf(word, this.starts[string + 1])) {
      string = this.stringAt(at, string);
      marks[string] = 1;
      if (string + 1 === this.count) break;
    }
    if (this.found.size > 16) this.found.clear();
    this.found.set(word, marks);
    return marks;
  }

  // The string that character `at` is in; not before `from`.
  stringAt(at, from) {
    let low = from, step = 1;
    while (low + step < this.count && this.starts[low + step] <= at) {
      low += step;
      step *= 2;
    }
    let high = Math.min(low + step, this.count);
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.starts[middle] <= at) low = middle;
      else high = middle;
    }
    return low;
  }
}

let searchText = null; // made when first needed, or when the page has nothing to do
const preparedSearch = () => (searchText ??= new SearchText(plan.strings));

// What is looked for. `actions` is a sum of ACTIONS, 0 for all; `group` and `person` are -1 for all.
class Filter {
  constructor({ query, actions, group, person }) {
    const words = query.toLowerCase().split(/\s+/).filter((word) => word !== "");
    this.words = words.map((word) => preparedSearch().holding(word));
    this.actions = actions;
    this.group = group;
    this.person = person;
  }

  takesChange(c) {
    const { actions, group } = plan.changes;
    return (this.actions === 0 || (actions[c] & this.actions) !== 0) && (this.group === -1 || group[c] === this.group);
  }

  changeHolds(marks, c) {
    const { group, note, origin, until, reason } = plan.changes;
    return marks[plan.groups.name[group[c]]] | marks[note[c]] | marks[origin[c]] | marks[until[c]] | marks[reason[c]];
  }

  personHolds(marks, p) {
    return marks[plan.people.email[p]] | marks[plan.people.id[p]];
  }

  takesPerson(p) {
    if (this.person !== -1 && p !== this.person) return false;
    const first = plan.people.first[p], end = plan.people.first[p + 1];
    let taken = this.actions === 0 && this.group === -1;
    for (let c = first; c < end && !taken; c++) taken = this.takesChange(c);
    if (!taken) return false;
    for (const marks of this.words) {
      let held = this.personHolds(marks, p);
      for (let c = first; c < end && !held; c++) held = this.changeHolds(marks, c);
      if (!held) return false;
    }
    return true;
  }

  // A change as one of its group: its person and itself hold all words that the group's name does not.
  takesChangeOfGroup(c) {
    if (!this.takesChange(c)) return false;
    const person = plan.changes.person[c];
    if (this.person !== -1 && person !== this.person) return false;
    return this.words.every((marks) => this.changeHolds(marks, c) || this.personHolds(marks, person));
  }

  takesGroup(g) {
    for (let i = plan.groups.first[g]; i < plan.groups.first[g + 1]; i++) {
      if (this.takesChangeOfGroup(plan.groups.changes[i])) return true;
    }
    return false;
  }

  takesFinding(f) {
    const { text: words, subject, section, titles } = plan.findings;
    if (this.person !== -1 && text(subject[f]) !== personKey(this.person)) return false;
    return this.words.every((marks) => marks[words[f]] | marks[subject[f]] | marks[titles[section[f]]]);
  }
}

// The indexes below `count` that `taken` is true of.
function indexesWhere(count, taken) {
  const indexes = new Int32Array(count);
  let found = 0;
  for (let i = 0; i < count; i++) if (taken(i)) indexes[found++] = i;
  return indexes.subarray(0, found);
}
