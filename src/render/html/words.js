// Elements and phrases. Text only ever goes in as text: the page's policy would refuse markup.
const SIGNS = { create: "+", add: "+", remove: "−", blocked: "!" };
const VERBS = { create: "gains", add: "gains", remove: "loses", blocked: "blocked:" };

function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

function makeButton(className, pressed, ...children) {
  const button = make("button", className, ...children);
  button.type = "button";
  button.addEventListener("click", pressed);
  return button;
}

const NUMBERS = new Intl.NumberFormat("en-US");
const digits = (number) => NUMBERS.format(number);
const counted = (number, one, several) => `${digits(number)} ${number === 1 ? one : several}`;

// A sign that eyes read, and the word that ears hear.
function makeMark(kind) {
  const sign = make("span", "sign", SIGNS[kind]);
  sign.setAttribute("aria-hidden", "true");
  return make("span", `mark ${kind}`, sign, make("span", "unseen", VERBS[kind] + " "));
}

// Why a change is made, piece by piece: [label, words].
function whyPieces(change) {
  const { note, origin, until, reason } = plan.changes;
  return [["", text(note[change])], ["asked for at", text(origin[change])], ["", text(until[change])], ["reason", text(reason[change])]].filter(([, words]) => words !== "");
}

const why = (change) => whyPieces(change).map(([, words]) => words).join(", ");

// "12 → 14", or "−" where the plan does not know how many there are.
function membersPhrase(group) {
  const before = plan.groups.members[group];
  if (before === UNKNOWN) return plan.groups.joins[group] + plan.groups.leaves[group] === 0 ? "no change" : "not known";
  const after = before + plan.groups.joins[group] - plan.groups.leaves[group];
  return `${digits(before)} → ${digits(after)}`;
}

// Bars of who leaves (to the left) and who joins (to the right), as parts of `most`.
function makeBars(group, most) {
  const bars = make("span", "bars");
  bars.setAttribute("aria-hidden", "true");
  for (const [side, number] of [["leaves", plan.groups.leaves[group]], ["joins", plan.groups.joins[group]]]) {
    const bar = make("span", "bar");
    bar.style.width = number === 0 ? "0" : `max(2px, ${(100 * number) / most}%)`;
    bars.append(make("span", `half ${side}`, bar));
  }
  return bars;
}

const mostChanges = () => {
  let most = 1;
  for (let g = 0; g < plan.groups.count; g++) most = Math.max(most, plan.groups.joins[g], plan.groups.leaves[g]);
  return most;
};
const MOST = mostChanges();
