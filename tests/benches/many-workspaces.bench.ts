import buildOnce from '../build-once.ts'
import { askManyWorkspaces } from '../guarantees/many-workspaces.ts'
import { tempFolder } from '../server/temp-folder.ts'

const WORKSPACES = Number(process.env.BENCH_WORKSPACES ?? 10_000)
const POOL = Number(process.env.BENCH_POOL ?? 200)
const REQUESTS = Number(process.env.BENCH_REQUESTS ?? 20_000)
const MB = 1024 * 1024

/** Whether memory and open files level off while requests wander over very many workspaces. */
export async function benchManyWorkspaces(): Promise<void> {
  const removeBuild = await buildOnce()
  const folder = await tempFolder()
  try {
    console.log(`${WORKSPACES} workspaces of 5 documents, pool of ${POOL}; one in 20 has work left`)
    const report = await askManyWorkspaces(folder.path, {
      workspaces: WORKSPACES,
      pool: POOL,
      requests: REQUESTS,
      pendingEach: 20,
      onSample: ({ requests, residentBytes, openFiles, p50, p99 }) =>
        console.log(
          `after ${String(requests).padStart(6)} requests: ${(residentBytes / MB).toFixed(0)} MB, ` +
            `${openFiles} open files; p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
        ),
    })
    console.log(
      `first answer after ${report.startMs.toFixed(0)} ms (at most 1000 wanted), ` +
        `all pending documents done after ${(report.sweptMs / 1000).toFixed(1)} s, ` +
        `failed requests ${report.failures.length} (0 wanted)`,
    )
    for (const failure of report.failures.slice(0, 5)) console.log(failure)
  } finally {
    await folder.remove()
    await removeBuild()
  }
}
