import buildOnce from '../build-once.ts'
import { crashMatrix, PHASES } from '../guarantees/crash-matrix.ts'
import { tempFolder } from '../server/temp-folder.ts'

/** Of each phase; eight phases make two hundred kills. */
const KILLS = Number(process.env.CRASH_KILLS ?? 25)

/** Kills the real server and the commands at random moments of every phase. */
export async function benchCrashMatrix(): Promise<void> {
  const removeBuild = await buildOnce()
  const folder = await tempFolder()
  try {
    const phases = Array.from({ length: KILLS }, () => PHASES).flat()
    const report = await crashMatrix(folder.path, phases)
    const { kills, acknowledged, lost, doubled, undeleted, problems } = report
    console.log(`${PHASES.join(', ')}: ${KILLS} kills each`)
    console.log(
      `kills ${kills}, acknowledged ${acknowledged}, lost ${lost}, doubled ${doubled}, ` +
        `deleted and there again ${undeleted}`,
    )
    console.log(problems.length === 0 ? 'verify is clean' : problems.join('\n'))
  } finally {
    await folder.remove()
    await removeBuild()
  }
}
