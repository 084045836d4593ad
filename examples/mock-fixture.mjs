// The mock as a fixture of tests in JavaScript: `node --test examples/mock-fixture.mjs`
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";

let process_, mock;

before(async () => {
  // Its standard input is a pipe of ours: if this process dies, the mock ends by itself.
  const given = ["serve", "--port", "0", "--seed", "7", "--json", "--until-eof"];
  process_ = spawn("mockserver", given, { stdio: ["pipe", "pipe", "inherit"] });
  const [line] = await once(createInterface({ input: process_.stdout }), "line");
  mock = JSON.parse(line);
});

after(async () => {
  process_.stdin.end();
  const [code] = await once(process_, "exit");
  assert.equal(code, 0);
});

test("related videos are answered", async () => {
  const answer = await fetch(`${mock.url}/api/v1/related/dQw4w9WgXcQ`);
  assert.equal(answer.status, 200);
  const videos = await answer.json();
  assert.ok(videos.length > 0);
  assert.match(videos[0].videoId, /^[\w-]{11}$/);
});

test("the truth log is open to whoever has the token", async () => {
  const headers = { authorization: `Bearer ${mock.truth_token}` };
  assert.equal((await fetch(`${mock.truth}/visitors`)).status, 403);
  assert.equal((await fetch(`${mock.truth}/visitors`, { headers })).status, 200);
});
