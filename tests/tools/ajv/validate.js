// Validates JSON documents against a schema (draft 2020-12) with ajv, and says of each what is
// wrong: node validate.js [--lines] SCHEMA DOCUMENT… With --lines each line of a document is one.
// Exit code 1 if any document is not valid, 2 if the schema is not one.
"use strict";

const fs = require("fs");
const Ajv2020 = require("ajv/dist/2020");

const read = (file) => fs.readFileSync(file, "utf8");

function documents(file, lines) {
  if (!lines) return [{ name: file, value: JSON.parse(read(file)) }];
  return read(file)
    .split("\n")
    .filter((line) => line !== "")
    .map((line, index) => ({ name: `${file}:${index + 1}`, value: JSON.parse(line) }));
}

const operands = process.argv.slice(2);
const lines = operands[0] === "--lines";
if (lines) operands.shift();
const [schema, ...files] = operands;

let validate;
try {
  validate = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false }).compile(JSON.parse(read(schema)));
} catch (error) {
  console.log(`${schema}: ${error.message}`);
  process.exit(2);
}
let wrong = 0;
for (const { name, value } of files.flatMap((file) => documents(file, lines))) {
  if (validate(value)) {
    console.log(`${name}: valid`);
    continue;
  }
  wrong += 1;
  for (const { instancePath, message } of validate.errors) console.log(`${name}: ${instancePath || "/"} ${message}`);
}
process.exit(wrong === 0 ? 0 : 1);
