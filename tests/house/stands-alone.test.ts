import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const FOLDERS = ['tests', 'src', 'scripts', '.ci']

/** A quoted text that climbs, as `new URL` and imports take it: from the folder of its file. */
const CLIMBS = /(["'`])((?:\.\/)?\.\.(?:\/[^"'`\n]*)?)\1/g
/** From the root of the repository, as scripts and tests name it. */
const CLIMBS_FROM_ROOT = /(?:\bROOT\s*,\s*["'`]|\$\{?(?:ROOT|PWD)\}?\/)(\.\.[^"'`\s]*)/g
/** Of some machine; not what each has, such as /dev/null, and not the someone of examples. */
const MACHINE =
  /["'`\s=](\/(?!home\/someone\/)(?:home|Users|root|work|mnt|media|srv|opt)\/[^"'`\s]*)/g

/** Paths in a file that lead out of the repository. */
function pathsOut(file: string, text: string): string[] {
  const isOutside = (path: string) => relative(ROOT, path).startsWith('..')
  const climbing = Array.from(text.matchAll(CLIMBS), ([, , path = '']) => path)
  const fromRoot = Array.from(text.matchAll(CLIMBS_FROM_ROOT), ([, path = '']) => path)
  return [
    ...climbing.filter((path) => isOutside(resolve(dirname(file), path))),
    ...fromRoot.filter((path) => isOutside(resolve(ROOT, path))),
    ...Array.from(text.matchAll(MACHINE), ([, path = '']) => path),
  ]
}

async function allFiles(): Promise<string[]> {
  const listed = await Promise.all(
    FOLDERS.map((folder) =>
      readdir(join(ROOT, folder), { recursive: true, withFileTypes: true }).catch(() => []),
    ),
  )
  const inFolders = listed
    .flat()
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  const top = (await readdir(ROOT)).filter((name) => /\.(?:m?[jt]s|json)$/.test(name))
  return [...inFolders, ...top.map((name) => join(ROOT, name))]
}

describe('the repository', () => {
  it('names no file that lies outside of it', async () => {
    const files = await allFiles()
    expect(files.length).toBeGreaterThan(500)
    const out: string[] = []
    for (const file of files) {
      const found = pathsOut(file, await readFile(file, 'utf8'))
      out.push(...found.map((path) => `${relative(ROOT, file)}: ${path}`))
    }
    expect(out).toEqual([])
  })

  it('lends its tests no file of whoever works in it, such as users.json', async () => {
    expect(relative(ROOT, process.cwd())).toMatch(/^\.\./)
    expect(await readdir(process.cwd())).toEqual([])
  })

  it.each([
    ['tests/house/x.test.ts', `new URL('${'../'.repeat(3)}shared/data', import.meta.url)`],
    ['tests/x.ts', `import { x } from "${'../'.repeat(2)}other/x.ts"`],
    ['src/x.ts', `join(ROOT, '${'..'}', 'data')`],
    ['.ci/run', `cp -r "$PWD/${'../'}data" .`],
    ['scripts/x.mjs', `readFileSync('/${'home'}/me/data.json')`],
  ])('would be told of a path that leaves it from %s', (file, text) => {
    expect(pathsOut(join(ROOT, file), text)).toHaveLength(1)
  })
})
