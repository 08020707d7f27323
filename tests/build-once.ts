import { execFileSync } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
/** Below node_modules, so that the build finds the packages it imports. */
const BUILD = join(ROOT, 'node_modules', '.cache', `tenantrag-tests-${process.pid}`)

/**
 * Bundles the server once for all tests that start it as a process of its own: a start takes a
 * fraction of what it takes to compile on the way. `TENANTRAG_TESTS_UNBUILT` leaves it out, for tests
 * that start none.
 */
export default async function buildOnce(): Promise<() => Promise<void>> {
  if (process.env.TENANTRAG_TESTS_UNBUILT !== undefined) return async () => undefined
  await mkdir(BUILD, { recursive: true })
  // A folder below node_modules is a package of its own.
  await writeFile(join(BUILD, 'package.json'), '{ "type": "module" }')
  const folder = join(BUILD, 'bin')
  execFileSync(process.execPath, [join(ROOT, 'bundle.mjs'), folder], { stdio: 'inherit' })
  process.env.TENANTRAG_TEST_CLI = join(folder, 'tenantrag.js')
  return () => rm(BUILD, { recursive: true, force: true })
}
