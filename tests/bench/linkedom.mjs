// Builds the DOM of each page named on standard input with linkedom; answers the milliseconds it took.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(process.argv[2] + '/');
const { parseHTML } = require('linkedom');

for await (const path of createInterface({ input: process.stdin })) {
  const html = readFileSync(path, 'utf8');
  const begun = process.hrtime.bigint();
  const { document } = parseHTML(html);
  const ms = Number(process.hrtime.bigint() - begun) / 1e6;
  if (!document.querySelector('ytd-app')) throw new Error(`no page in ${path}`);
  process.stdout.write(`${ms}\n`);
}
