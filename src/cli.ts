#!/usr/bin/env node
import { Command } from 'commander'
import { config as readDotEnv } from 'dotenv'
import type { CommandContext } from './commands/command-context.ts'
import { SyncError } from './commands/sync/sync-error.ts'
import { WorkspaceError } from './commands/workspace/workspace-error.ts'
import { usersFileProblems } from './config/caller-problems.ts'
import { ConfigError, loadConfig, readConfig } from './config/config.ts'
import { tlsFileProblems } from './config/tls-fields.ts'
import { refuseUnfitNode, UnfitNodeError } from './server/guards/unfit-node.ts'
import { CORE_VERSION, VERSION } from './server/version.ts'
import { builtBeside } from './server/webui/built-files.ts'
import { TenancyError } from './tenancy/tenancy-error.ts'
import { readUsersAhead } from './tenancy/users/read-users-version.ts'
import { StorageError } from './workspaces/folder/storage-folder.ts'

/**
 * How the program ends, beside 0 when what was asked is done, and 1 when it is not, or when what was
 * looked at is not as it should be. Those above 64 are the numbers of `sysexits.h`.
 */
const EXIT = {
  /** The words of the command line are not understood. */
  usage: 2,
  /** Another process is at it: the same may be done later. */
  inUse: 75,
  /** The configuration is refused: to start again changes nothing. */
  configuration: 78,
} as const

// Whatever this program makes is for its account alone.
process.umask(0o077)

/** Commands that start a server. */
const STARTS = new Set(['serve', 'demo'])

const program = new Command('tenantrag')
  .description('One LightRAG-compatible graph-RAG server, many isolated workspaces.')
  .version(`${VERSION} (serves the API of LightRAG ${CORE_VERSION})`)
program.hook('preAction', () => refuseUnfitNode())

const [word] = process.argv.slice(2)
program
  // Else a word that is no command would be taken for one too many of this.
  .command('serve', { isDefault: word === undefined || word.startsWith('-') })
  .description('start the server, configured by environment variables and .env')
  .action(serve)

program
  .command('demo')
  .description('show two companies on one server, over a temporary folder')
  .option('--exit', 'end after the checks instead of serving until Ctrl-C', false)
  .action(demo)

program
  .command('hash-password')
  .description('read a password from standard input and print its bcrypt hash')
  .action(hashPassword)

const context: CommandContext = {
  env: () => {
    readDotEnv({ quiet: true })
    return process.env
  },
  print: (line) => console.log(line),
  readInput: standardInput,
  setExitCode: (code) => {
    process.exitCode = code
  },
}
// A server starts faster without what only the commands need.
if (process.argv.length > 2 && !STARTS.has(process.argv[2] ?? '')) {
  const { commands } = await import('./commands/commands.ts')
  for (const command of commands) program.addCommand(command(context))
}

endWithUsage(program)
await program.parseAsync().catch((error: unknown) => {
  if (!isUsersFault(error)) throw error
  console.error(error.message)
  process.exitCode = exitCodeOf(error)
})

/** What is asked wrongly is not confused with what could not be done. */
function endWithUsage(command: Command): void {
  command.showHelpAfterError('(--help tells what there is)')
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT.usage))
  for (const below of command.commands) endWithUsage(below)
}

function exitCodeOf(error: Error): number {
  if (error instanceof ConfigError || error instanceof StorageError) return EXIT.configuration
  return error instanceof WorkspaceError && error.isInUse ? EXIT.inUse : 1
}

async function serve(): Promise<void> {
  readDotEnv({ quiet: true })
  const { config, problems } = readConfig(process.env)
  const users = readUsersAhead(config.usersFile)
  const main = import('./main.ts')
  problems.push(...usersFileProblems(config, await users), ...tlsFileProblems(config))
  if (problems.length > 0) throw new ConfigError(problems)
  const { startServer } = await main
  const server = await startServer(config, { users, webUi: builtBeside(import.meta.url) })
  const { armLastWords } = await import('./life/last-words.ts')
  armLastWords(config.WORKING_DIR, process.env)
  let stopping = false
  const stop = async (signal: string) => {
    if (stopping) process.exit(1)
    stopping = true
    server.app.log.info(`${signal}: finishing requests; again to stop at once`)
    await server.close()
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(signal))
}

async function demo({ exit }: { exit: boolean }): Promise<void> {
  const { runDemo } = await import('./demo/run-demo.ts')
  const { startServer } = await import('./main.ts')
  process.exitCode = await runDemo({
    exit,
    out: process.stdout,
    startServer: ({ port, workingDir, inputDir, usersFile }) =>
      // Nothing of the caller's environment: the demo shows the same everywhere.
      startServer(
        loadConfig({
          HOST: '127.0.0.1',
          PORT: String(port),
          WORKING_DIR: workingDir,
          INPUT_DIR: inputDir,
          USERS_FILE: usersFile,
          LOG_LEVEL: 'error',
        }),
        { webUi: builtBeside(import.meta.url) },
      ),
  })
}

async function hashPassword(): Promise<void> {
  const { hash } = await import('bcryptjs')
  console.log(await hash((await standardInput()).replace(/\r?\n$/, ''), 12))
}

async function standardInput(): Promise<string> {
  let text = ''
  for await (const piece of process.stdin.setEncoding('utf8')) text += piece
  return text
}

/** Errors whose message is meant for whoever starts the server. */
function isUsersFault(error: unknown): error is Error {
  if (error instanceof ConfigError || error instanceof StorageError) return true
  if (error instanceof TenancyError || error instanceof WorkspaceError) return true
  if (error instanceof UnfitNodeError || error instanceof SyncError) return true
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
}
