import { execFile } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
/** Below node_modules, so that the library finds the packages it imports. */
const BUILD = join(ROOT, 'node_modules', '.cache', `tenantrag-bench-${process.pid}`)

export interface BuiltLibrary {
  /** Its entry, as JavaScript. */
  readonly path: string
  remove(): Promise<void>
}

/** The library as `npm run build` makes it: what a process loads that has only just begun. */
export async function buildLibrary(): Promise<BuiltLibrary> {
  const remove = () => rm(BUILD, { recursive: true, force: true })
  await mkdir(BUILD, { recursive: true })
  await writeFile(join(BUILD, 'package.json'), '{ "type": "module" }')
  const tsc = join(createRequire(import.meta.url).resolve('typescript/package.json'), '../bin/tsc')
  const flags = ['-p', join(ROOT, 'tsconfig.build.json'), '--outDir', join(BUILD, 'dist')]
  await promisify(execFile)(process.execPath, [tsc, ...flags])
  return { path: join(BUILD, 'dist', 'library.js'), remove }
}
