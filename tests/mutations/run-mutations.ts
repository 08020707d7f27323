import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Edit, Mutation, TestChoice } from './mutation.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

const COPIED = [
  'src',
  'tests',
  'docs',
  'bundle.mjs',
  'package.json',
  'tsconfig.json',
  'users.json.example',
  'vitest.config.ts',
]

/** Where tests start the server as a process of its own, so that it has to be compiled. */
const OF_PROCESSES = /^tests\/(commands|guarantees|hosts|server|control\/adopt)\//

/** `FAILS ANYWAY`: a test that fails on whole sources proves nothing about broken ones. */
export type Verdict = 'caught' | 'SURVIVED' | 'NOT APPLICABLE' | 'FAILS ANYWAY'

/**
 * Plants each mutation in a copy of the sources, one at a time, and runs the tests that have to
 * notice. The sources themselves stay as they are.
 */
export async function runMutations(
  mutations: readonly Mutation[],
  report: (name: string, verdict: Verdict) => void,
): Promise<void> {
  const copy = await mkdtemp(join(tmpdir(), 'tenantrag-mutations-'))
  try {
    for (const name of COPIED) await cp(join(ROOT, name), join(copy, name), { recursive: true })
    await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
    const judge = new Judge(copy)
    for (const mutation of mutations) report(mutation.name, await judge.verdictOn(mutation))
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}

class Judge {
  readonly #copy: string
  /** What the tests of a file come to on the whole sources, all in one run. */
  readonly #whole = new Map<string, Results>()

  constructor(copy: string) {
    this.#copy = copy
  }

  async verdictOn(mutation: Mutation): Promise<Verdict> {
    for (const test of mutation.tests) {
      if (!(await this.#passesWhole(test))) return 'FAILS ANYWAY'
    }
    const whole = await this.#plant(mutation.edits)
    if (whole === undefined) return 'NOT APPLICABLE'
    try {
      for (const test of mutation.tests) {
        if ((await this.#outcomeOf(test)) === 'failed') return 'caught'
      }
      return 'SURVIVED'
    } finally {
      for (const [file, text] of whole) await writeFile(file, text)
    }
  }

  /** The files as they were; undefined, and nothing changed, when an edit has no place. */
  async #plant(edits: readonly Edit[]): Promise<Map<string, string> | undefined> {
    const whole = new Map<string, string>()
    const broken = new Map<string, string>()
    for (const { file, find, replace } of edits) {
      const path = join(this.#copy, file)
      if (!whole.has(path)) whole.set(path, await readFile(path, 'utf8'))
      const text = broken.get(path) ?? whole.get(path) ?? ''
      if (text.split(find).length !== 2) return undefined
      // As a function: a `$` in the replacement is no pattern.
      broken.set(
        path,
        text.replace(find, () => replace),
      )
    }
    for (const [path, text] of broken) await writeFile(path, text)
    return whole
  }

  async #passesWhole(test: TestChoice): Promise<boolean> {
    const file = typeof test === 'string' ? test : test.file
    const known = this.#whole.get(file) ?? (await this.#resultsOf(file, [], 600_000))
    this.#whole.set(file, known)
    if (typeof test === 'string') return known.code === 0
    return outcomeIn(known, titlePattern(test.title)) === 'passed'
  }

  async #outcomeOf(test: TestChoice): Promise<Outcome> {
    if (typeof test === 'string') {
      return (await this.#resultsOf(test, ['--bail=1'])).code === 0 ? 'passed' : 'failed'
    }
    const pattern = titlePattern(test.title)
    return outcomeIn(await this.#resultsOf(test.file, ['-t', pattern.source]), pattern)
  }

  async #resultsOf(file: string, args: readonly string[], limitMs = 90_000): Promise<Results> {
    const report = join(this.#copy, 'report.json')
    await rm(report, { force: true })
    const reported = [...args, '--reporter=json', `--outputFile=${report}`]
    const code = await this.#vitest(file, reported, limitMs)
    const written = await readFile(report, 'utf8').catch(() => '{"testResults":[]}')
    const { testResults } = JSON.parse(written) as VitestReport
    return { code, tests: testResults.flatMap(({ assertionResults }) => assertionResults) }
  }

  /** The exit code; null when the run had to be ended. */
  async #vitest(file: string, args: readonly string[], limitMs: number): Promise<number | null> {
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
    const child = spawn(process.execPath, [vitest, 'run', '--testTimeout=20000', ...args, file], {
      cwd: this.#copy,
      stdio: 'ignore',
      env: OF_PROCESSES.test(file) ? process.env : { ...process.env, TENANTRAG_TESTS_UNBUILT: '1' },
    })
    // A protection that is gone may well show as a wait without end.
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs)
    const [code] = (await once(child, 'exit')) as [number | null]
    clearTimeout(timer)
    return code
  }
}

type Outcome = 'passed' | 'failed' | 'not run'

interface TestResult {
  readonly title: string
  readonly status: string
}

interface Results {
  /** Null when the run had to be ended. */
  readonly code: number | null
  readonly tests: readonly TestResult[]
}

interface VitestReport {
  readonly testResults: readonly { readonly assertionResults: readonly TestResult[] }[]
}

/** Of the tests with that title themselves: one that did not come to run has noticed nothing. */
function outcomeIn({ code, tests }: Results, pattern: RegExp): Outcome {
  if (code === null) return 'failed'
  const statuses = tests.filter(({ title }) => pattern.test(title)).map(({ status }) => status)
  if (statuses.includes('failed')) return 'failed'
  return statuses.includes('passed') ? 'passed' : 'not run'
}

function titlePattern(title: string): RegExp {
  const parts = title.split(/%[a-z]/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`${parts.join('.*')}$`)
}
