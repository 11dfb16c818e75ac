// The plan's columns, as html_data.cc wrote them, and what is counted of them once. Indexes
// instead of objects: at 100,000 actions there is nothing to build and little to collect.
const ACTIONS = { create: 1, add: 2, remove: 4, blocked: 8, privileged: 16 };
const KINDS = { c: "create", a: "add", r: "remove", b: "blocked" };
const UNKNOWN = -1;

// ACTIONS of a kind's letter, by the letter's code: a capital is privileged.
const ACTIONS_OF_CODE = new Uint8Array(128);
for (const [letter, name] of Object.entries(KINDS)) {
  ACTIONS_OF_CODE[letter.charCodeAt(0)] = ACTIONS[name];
  ACTIONS_OF_CODE[letter.toUpperCase().charCodeAt(0)] = ACTIONS[name] | ACTIONS.privileged;
}

// [2, 0, 3] → [0, 2, 2, 5]: where each one's part starts, and where the last one's ends.
function startsOf(counts) {
  const starts = new Int32Array(counts.length + 1);
  for (let i = 0; i < counts.length; i++) starts[i + 1] = starts[i] + counts[i];
  return starts;
}

function readChanges(raw, people) {
  const count = raw.group.length;
  const changes = {
    count,
    group: new Int32Array(raw.group),
    note: new Int32Array(raw.note),
    origin: new Int32Array(raw.origin),
    until: new Int32Array(raw.until),
    reason: new Int32Array(raw.reason),
    kind: raw.kind,
    actions: new Uint8Array(count),
    person: new Int32Array(count),
  };
  for (let c = 0; c < count; c++) changes.actions[c] = ACTIONS_OF_CODE[raw.kind.charCodeAt(c)];
  for (let p = 0; p < people.count; p++) changes.person.fill(p, people.first[p], people.first[p + 1]);
  return changes;
}

// Who joins and leaves, and each group's changes, in the order of the people.
function readGroups(raw, changes) {
  const count = raw.name.length;
  const groups = {
    count,
    name: new Int32Array(raw.name),
    members: new Int32Array(raw.members),
    joins: new Int32Array(count),
    leaves: new Int32Array(count),
    blocked: new Int32Array(count),
    first: null,
    changes: new Int32Array(changes.count),
  };
  for (let c = 0; c < changes.count; c++) {
    const tally = changes.actions[c] & ACTIONS.blocked ? groups.blocked : changes.actions[c] & ACTIONS.remove ? groups.leaves : groups.joins;
    tally[changes.group[c]]++;
  }
  groups.first = startsOf(Array.from({ length: count }, (_, g) => groups.joins[g] + groups.leaves[g] + groups.blocked[g]));
  const next = groups.first.slice();
  for (let c = 0; c < changes.count; c++) groups.changes[next[changes.group[c]]++] = c;
  return groups;
}

function readPlan() {
  const raw = JSON.parse(document.getElementById("plan-data").textContent);
  const people = {
    count: raw.people.email.length,
    email: new Int32Array(raw.people.email),
    id: new Int32Array(raw.people.id),
    mark: raw.people.mark,
    first: startsOf(raw.people.changes),
    firstBefore: startsOf(raw.people.befores),
  };
  const changes = readChanges(raw.changes, people);
  return {
    strings: raw.strings,
    people,
    changes,
    groups: readGroups(raw.groups, changes),
    befores: raw.befores,
    findings: { count: raw.findings.text.length, ...raw.findings },
  };
}

const plan = readPlan();
const text = (index) => plan.strings[index];
const groupName = (group) => text(plan.groups.name[group]);
const kindOf = (change) => KINDS[plan.changes.kind[change].toLowerCase()];
const isPrivileged = (change) => (plan.changes.actions[change] & ACTIONS.privileged) !== 0;
const personName = (person) => text(plan.people.email[person]) || `(no email) ${text(plan.people.id[person])}`;
// What a link calls a person: the email, or the id of one who has none.
const personKey = (person) => text(plan.people.email[person] || plan.people.id[person]);
// Created, so in no group before; everybody else is live.
const isCreated = (person) => plan.people.id[person] === 0;
