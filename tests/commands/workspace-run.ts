import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { onTestFinished } from 'vitest'
import { workspaceCommand } from '../../src/commands/workspace/workspace.ts'

/** Compiled before the tests began. */
const CLI = process.env.TENANTRAG_TEST_CLI ?? ''

export interface Ran {
  readonly code: number | null
  /** Standard output. */
  readonly out: string
  readonly err: string
}

export interface Installation {
  readonly root: string
  /** Runs a command within this process. */
  run(...words: string[]): Promise<{ out: string; code: number }>
  /** Runs it in a process of its own, to its end. */
  spawn(...words: string[]): Promise<Ran>
  /** Begins it in a process of its own. */
  start(...words: string[]): { child: ChildProcess; ended: Promise<Ran> }
}

/** Empty folders for a server, with the commands over them. */
export async function install(more: Record<string, string> = {}): Promise<Installation> {
  const root = await mkdtemp(join(tmpdir(), 'workspace-command-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  const env = { WORKING_DIR: join(root, 'rag_storage'), INPUT_DIR: join(root, 'inputs'), ...more }
  const start = (...words: string[]) => {
    const child = spawn(process.execPath, [CLI, 'workspace', ...words], {
      cwd: root,
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const said = { out: '', err: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said.out += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.err += text
    })
    const ended = once(child, 'close').then(([code]) => ({ code, ...said }))
    return { child, ended }
  }
  return {
    root,
    start,
    spawn: (...words) => start(...words).ended,
    run: async (...words) => {
      const printed: string[] = []
      let code = 0
      const program = new Command().exitOverride()
      program.addCommand(
        workspaceCommand({
          env: () => env,
          print: (line) => printed.push(line),
          readInput: async () => '',
          setExitCode: (value) => {
            code = value
          },
        }),
      )
      await program.parseAsync(['workspace', ...words], { from: 'user' })
      return { out: printed.join('\n'), code }
    },
  }
}
