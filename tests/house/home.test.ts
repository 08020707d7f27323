import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { joinedElsewhere } from './paths.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

describe('where a workspace lies', () => {
  it('is told by its home alone: nobody else joins a path of one', async () => {
    const entries = await readdir(join(ROOT, 'src'), { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    expect(files.length).toBeGreaterThan(500)
    const found = await Promise.all(
      files.map(async ({ parentPath, name }) => {
        const path = join(parentPath, name)
        return joinedElsewhere(relative(ROOT, path), await readFile(path, 'utf8'))
      }),
    )
    expect(found.flat()).toEqual([])
  })

  it.each([
    ['src/commands/x.ts', 'const dir = join(config.WORKING_DIR, workspace)'],
    ['src/server/x.ts', 'const inputs = join(this.#config.INPUT_DIR, name)'],
    ['src/control/x.ts', `await rm(\`\${config.WORKING_DIR}/\${name}\`)`],
    ['src/commands/x.ts', "if (existsSync(join(dir, 'rag.db'))) return"],
    ['src/commands/x.ts', `if (existsSync(\`\${dir}/rag.db-wal\`)) return`],
    ['src/server/x.ts', "const lock = join(dir, 'lock.db')"],
    ['src/server/x.ts', "const uploads = join(inputs, '__uploads__')"],
    ['src/control/x.ts', "const trash = join(root, '_trash', jobId)"],
    ['src/commands/x.ts', "const incoming = join(registry.folders.storage, 'incoming')"],
    ['src/commands/x.ts', "const file = join(root, '_control', 'control.db')"],
    ['src/commands/x.ts', `const file = \`\${root}/_control/control.db\``],
    ['src/server/x.ts', "const text = await readFile(join(dir, 'settings.json'))"],
  ])('would be seen to be told by %s as well: %s', (path, line) => {
    expect(joinedElsewhere(path, `${line}\n`)).toEqual([`${path}: ${line}`])
  })

  it('may be said in a remark', () => {
    expect(joinedElsewhere('src/server/x.ts', " * Looks into '/rag.db' of a folder.\n")).toEqual([])
  })
})
