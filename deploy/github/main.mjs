import { appendFileSync, mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { annotations } from './lib/annotations.mjs'
import { cliOf, migrate } from './lib/cli.mjs'
import { comment } from './lib/comment.mjs'
import { cut } from './lib/cut.mjs'
import { output } from './lib/output.mjs'
import { report } from './lib/report.mjs'
import { stateOf } from './lib/state.mjs'
import { words } from './lib/words.mjs'

/* What the action does: one command of `migrate`, and what is told of it. */
const { env } = process
const say = (line) => process.stdout.write(`${line}\n`)
const input = (name) => (env[`BELLOWS_${name}`] ?? '').trim()
const fail = (message) => {
  say(`::error title=bellows::${message.replaceAll('%', '%25').replaceAll('\n', '%0A')}`)
  process.exit(2)
}

const command = input('COMMAND')
if (!/^[a-z][a-z0-9-]*$/.test(command)) fail(`command: \`${command}\` is no command of migrate`)
if (input('NAME').startsWith('-')) fail('name: that is a flag, which belongs to args')
const accepted = input('ACCEPT')
  .split(/[\s,]+/)
  .filter((code) => code !== '')
if (!accepted.every((code) => /^\d+$/.test(code))) fail('accept-exit-codes: numbers, such as 5')

let args
let cli
try {
  args = [...(input('NAME') === '' ? [] : [input('NAME')]), ...words(input('ARGS'))]
  cli = cliOf(words(input('CLI')), resolve(input('DIRECTORY') || '.'))
} catch (error) {
  fail(error.message)
}
// A token that may write to the repository is nothing for what the command line starts.
const { BELLOWS_TOKEN: token = '', ...rest } = env
const ran = await migrate(cli, [command, ...args, '--json'], rest)

let document = null
try {
  document = JSON.parse(ran.stdout)
} catch {
  // Not ours to read: it is shown below as it is.
}
const guard = `bellows-${Math.random().toString(36).slice(2)}`
say(`::group::migrate ${command}: exit ${ran.code}`)
say(`::stop-commands::${guard}`)
say(document === null ? ran.stdout : JSON.stringify(document, null, 2))
say(`::${guard}::`)
say('::endgroup::')

const file = join(mkdtempSync(join(env.RUNNER_TEMP ?? tmpdir(), 'bellows-')), 'result.json')
writeFileSync(file, ran.stdout)
const state = document === null ? '' : await stateOf({ cli, command, name: input('NAME'), args, document }, rest)
output(env.GITHUB_OUTPUT, {
  'exit-code': String(ran.code),
  state,
  result: document !== null && ran.stdout.length <= 256 * 1024 ? ran.stdout.trim() : '',
  'result-file': file,
})

const told = report({ command, code: ran.code, state, document })
for (const line of annotations(command, document)) say(line)
summary(env.GITHUB_STEP_SUMMARY)
if (input('COMMENT') === 'true') {
  const said = await comment({ env, token, key: [command, input('COMMENT_KEY')].join(' ').trim(), text: told })
  if (said !== null) say(`::warning title=bellows::no comment: ${said}`)
}
process.exit(accepted.includes(String(ran.code)) ? 0 : ran.code)

/** GitHub drops the whole summary of a step that is greater than 1 MiB. `check` writes one of its own, into the same file. */
function summary(path) {
  if (!path) return
  const there = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (there > ran.summaryBefore) return
  const left = 1024 * 1024 - there - 1
  appendFileSync(path, `${cut(told, left, Buffer.byteLength, 'The whole is in the output `result-file`.')}\n`)
}
