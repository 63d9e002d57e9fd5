#!/usr/bin/env bash
# The guess: an entry of a HAR holds a request as it was sent, beside its own answer, and startedDateTime is when it was
# sent (HAR 1.2: "date and time stamp of the request start"). So the refresh token in an exported request is the one that
# the answer beside it was given for.
#
# What happens: the exporter of Insomnia (insomnia-send-request 3.6.0, its desktop application 2022.6.0) fills in the
# template of each request once more when the export is written. A refresh that was sent with "first" and answered by
# "second", then sent with "second" and answered by "third", is exported twice with "third", and both entries bear the
# time of the export.
#
# Why it matters: the last entry shows a refresh token that was answered by itself, as of a server that does not rotate;
# and both show one refresh token that was accepted twice, as of a server without reuse detection. Neither has happened.
# So nothing may be judged by what an Insomnia export presents, unless its refreshes present different tokens; nor by
# its order.
#
# The guess was written down on 2026-11-30, before the exporter was run; its code was read first. No bug report was
# looked for. The exporter is not public in the package: what follows reaches into the bundle, and leaves out the HTTP
# client, which an export does not use.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts insomnia-send-request@3.6.0 > /dev/null 2>&1

cat > export.cjs <<'JAVASCRIPT'
const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");

const load = Module._load;
const nothing = new Proxy(function () {}, { get: () => new Proxy(function () {}, { get: () => 0 }) });
Module._load = function (name) {
  return name.endsWith("node-libcurl") ? nothing : load.apply(this, arguments);
};
const file = require.resolve("insomnia-send-request");
const bundle = new Module(file, module);
bundle.filename = file;
bundle.paths = Module._nodeModulePaths(path.dirname(file));
const inside = "exportHar, request, response, workspace, environment, settings, database, types";
bundle._compile(`${fs.readFileSync(file, "utf8")};module.exports.inside = { ${inside} };`, file);
const { exportHar, request, response, workspace, environment, settings, database, types } = bundle.exports.inside;

async function main() {
  await database.init(types(), { inMemoryOnly: true }, true, () => {});
  await settings.getOrCreate();
  const project = await workspace.create({ name: "tokens" });
  const variables = await environment.create({ parentId: project._id, name: "base", data: { refresh_token: "first" } });
  const form = [
    { name: "grant_type", value: "refresh_token" },
    { name: "refresh_token", value: "{{ refresh_token }}" },
  ];
  const refresh = await request.create({
    parentId: project._id,
    name: "refresh",
    method: "POST",
    url: "https://op.example/token",
    body: { mimeType: "application/x-www-form-urlencoded", params: form },
  });
  const answers = [];
  for (const [sent, came] of [["first", "second"], ["second", "third"]]) {
    console.log(`sent: ${sent}, answered: ${came}`);
    const bodyPath = path.join(process.cwd(), came);
    fs.writeFileSync(bodyPath, came);
    const of = { parentId: refresh._id, statusCode: 200, headers: [], contentType: "text/plain", bodyCompression: null };
    answers.push(await response.create({ ...of, bodyPath, elapsedTime: 7 }));
    await environment.update(variables, { data: { refresh_token: came } });
  }
  const chosen = answers.map((each) => ({ requestId: refresh._id, environmentId: variables._id, responseId: each._id }));
  const { log } = await exportHar(chosen);
  console.log(log.creator.version);
  for (const { request: exported, response: beside } of log.entries)
    console.log(`exported: ${exported.postData.params[1].value}, answered: ${beside.content.text}`);
  console.log(`times: ${new Set(log.entries.map((entry) => entry.startedDateTime)).size}`);
}
main();
JAVASCRIPT

output=$(node export.cjs 2> /dev/null)
echo "$output"

expected='sent: first, answered: second
sent: second, answered: third
insomnia.desktop.app:v2022.6.0
exported: third, answered: second
exported: third, answered: third
times: 1'
[ "$output" = "$expected" ]
echo "as described above"
