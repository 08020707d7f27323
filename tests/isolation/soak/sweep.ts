import { setTimeout as sleep } from 'node:timers/promises'
import type { Callers } from './callers.ts'
import { track } from './documents.ts'
import { get, holdsOneOf, type Operation } from './operation.ts'
import { chatIn, MODES, QUERY_ROUTES, questionIn } from './questions.ts'
import type { SeededRandom } from './random.ts'
import type { SoakServer } from './server.ts'
import type { Space } from './space.ts'

/** Within which background work is to end; without an end the run would wait for ever. */
const LONGEST_MS = 120_000

export interface SweepReport {
  /** Calls to workspaces whose engines were closed. */
  cold: number
  warm: number
}

/** Waits until every document is there that was accepted, and none that was deleted. */
export async function settle(
  spaces: readonly Space[],
  callers: Callers,
  random: SeededRandom,
): Promise<void> {
  for (const space of spaces) {
    await until(
      callers,
      () => `what workspace ${space.number} took in is still in the making`,
      async () => {
        const [pending] = space.pending
        if (pending === undefined) return true
        await callers.perform(space, track(space, pending, callers.canaries), random)
        return space.pending.length === 0
      },
    )
    let wrong: string | undefined
    const heed = (text: string) => {
      wrong = differenceOf(space, text)
      return undefined
    }
    const listed: Operation = { kind: 'sweep documents', call: get('/documents'), heed }
    await until(
      callers,
      () => `workspace ${space.number} ${wrong}`,
      async () => (await callers.perform(space, listed, random)) && wrong === undefined,
    )
  }
}

/** Tries again until it is done; takes too long a wait for a fault. */
async function until(
  callers: Callers,
  fault: () => string,
  done: () => Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + LONGEST_MS
  while (!callers.failed && !(await done())) {
    if (performance.now() > deadline) {
      callers.fault(fault())
      return
    }
    await sleep(5)
  }
}

/** How what a workspace lists differs from what its owner stored there. */
function differenceOf(space: Space, text: string): string | undefined {
  const { statuses }: { statuses: Record<string, { file_path: string }[]> } = JSON.parse(text)
  const listed = Object.entries(statuses).flatMap(([status, documents]) =>
    documents.map(({ file_path }) => `${status} ${file_path}`),
  )
  const stored = [...space.anchors, ...space.documents].map(({ file }) => `processed ${file}`)
  const [is, ought] = [listed.sort().join(), stored.sort().join()]
  return is === ought ? undefined : `lists ${is} instead of ${ought}`
}

/**
 * Asks every workspace for its own words in every mode and on every route, while its engine is
 * closed, and again at once while it is open.
 */
export async function sweep(
  spaces: readonly Space[],
  server: SoakServer,
  callers: Callers,
  random: SeededRandom,
): Promise<SweepReport> {
  const report: SweepReport = { cold: 0, warm: 0 }
  for (const makeFor of SWEEP) {
    for (const space of spaces) {
      const operation = makeFor(space, random)
      const kind = `sweep ${operation.kind}`
      const ask = () => callers.perform(space, { ...operation, kind }, random)
      for (const _ of ['cold', 'warm']) {
        if (callers.failed) return report
        const { open } = await server.gauges()
        report[open.includes(space.workspace) ? 'warm' : 'cold'] += 1
        await until(callers, () => `${kind} of workspace ${space.number} found no room`, ask)
      }
    }
  }
  return report
}

type Making = (space: Space, random: SeededRandom) => Operation

const SWEEP: readonly Making[] = [
  ...MODES.flatMap((mode) => [
    ...QUERY_ROUTES.map(
      (route): Making =>
        (space, random) =>
          questionIn(space, mode, route, random),
    ),
    (space: Space, random: SeededRandom) => chatIn(space, mode, mode !== 'mix', random),
  ]),
  (space) => ({ kind: 'graph', call: get('/graphs?label=*'), heed: holdsAll(space.names) }),
  (space) => ({ kind: 'labels', call: get('/graph/label/list'), heed: holdsEntitiesOf(space) }),
  (space) => ({
    kind: 'popular',
    call: get('/graph/label/popular'),
    heed: holdsAll(space.names),
  }),
  (space) => ({
    kind: 'search',
    call: get(`/graph/label/search?q=${space.names[1]}`),
    heed: holdsOneOf([space.names[1]]),
  }),
  (space) => ({ kind: 'export', call: get('/graph/export'), heed: holdsAll(space.names) }),
]

function holdsAll(words: readonly string[]) {
  return (text: string) => {
    const missing = words.filter((word) => !text.includes(word))
    return missing.length === 0 ? undefined : `did not hold ${missing.join(', ')}`
  }
}

/** The names that edits have left are there, and none that they took away. */
function holdsEntitiesOf(space: Space) {
  return (text: string) => {
    const labels: readonly string[] = JSON.parse(text)
    const named = labels.filter((label) =>
      [space.hand, space.made].some((word) => label.startsWith(word)),
    )
    const [is, ought] = [named.sort().join(), space.namedEntities().sort().join()]
    if (is !== ought) return `named ${is} instead of ${ought}`
    return holdsAll(space.names)(text)
  }
}
