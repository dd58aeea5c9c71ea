import { Command, Option } from 'commander'
import { commandFiles } from './commands/index.ts'
import type { Terminal } from './io.ts'
import { globalOptions } from './options.ts'
import type { CommandFile, OptionSpec } from './session.ts'
import { ownVersion } from './version.ts'

/** Called with the command that was asked for, its arguments, and its flags together with the global ones. */
export type Execute = (
  file: CommandFile,
  args: readonly (string | undefined)[],
  flags: Readonly<Record<string, unknown>>,
) => Promise<void>

/** The command line as commander has it. It never ends the process, and writes help to the given stream only. */
export function buildProgram(stdout: Terminal, execute: Execute, argv: readonly string[] = []): Command {
  const program = new Command('migrate')
    .description('Expand-and-contract database migrations: two app versions run side by side while the schema changes')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    // What commander says about errors is in what it throws; we write it our way.
    .configureOutput({
      writeOut: stdout.write,
      writeErr: () => undefined,
      getOutHelpWidth: () => stdout.columns,
      getOutHasColors: () => false,
    })
  // Commander takes the program's flags wherever they stand, and some commands have a --version of their own.
  if (!commandFiles.some((file) => argv.includes(file.name) && hasVersion(file))) {
    program.version(ownVersion(), '-V, --version')
  }
  addOptions(program, globalOptions)
  for (const file of commandFiles) addCommand(program, file, execute)
  return program
}

const hasVersion = ({ options = [] }: CommandFile): boolean =>
  options.some(({ flags }) => flags.startsWith('--version '))

function addCommand(program: Command, file: CommandFile, execute: Execute): void {
  const command = program.command(file.name).description(file.summary).helpOption('-h, --help', 'help for this command')
  if (file.arguments !== undefined) command.arguments(file.arguments)
  addOptions(command, file.options ?? [])
  if (file.examples !== undefined) {
    command.addHelpText('after', `\nExamples:\n${file.examples.map((example) => `  ${example}`).join('\n')}`)
  }
  command.action(() => execute(file, command.processedArgs.flat() as (string | undefined)[], withoutDefaults(command)))
}

/** Commander says `color: true` for a `--no-color` that was not given; the settings want to know what was. */
function withoutDefaults(command: Command): Readonly<Record<string, unknown>> {
  const { color, ...flags } = command.optsWithGlobals<Record<string, unknown>>()
  return color === false ? { ...flags, noColor: true } : flags
}

function addOptions(command: Command, specs: readonly OptionSpec[]): void {
  for (const { flags, help, choices, many } of specs) {
    const option = new Option(flags, help)
    if (choices !== undefined) option.choices(choices)
    if (many) option.argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value])
    command.addOption(option)
  }
}
