import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { syncCommand } from '../../src/commands/sync/sync.ts'
import { tempFolder } from '../server/temp-folder.ts'
import { manyUsers, startTestServer, type TestServer } from '../server/test-server.ts'

let server: TestServer
let folder: Awaited<ReturnType<typeof tempFolder>>
const [user] = manyUsers(1)
const key = user?.api_key ?? ''
beforeEach(async () => {
  server = await startTestServer(user ? [user] : null)
  folder = await tempFolder()
})
afterEach(async () => {
  await server.close()
  await folder.remove()
})

async function put(name: string, text: string) {
  await mkdir(join(folder.path, dirname(name)), { recursive: true })
  await writeFile(join(folder.path, name), text)
}

async function sync(...more: string[]) {
  const lines: string[] = []
  let exitCode = -1
  const command = syncCommand({
    env: () => ({ TENANTRAG_API_KEY: key }),
    print: (line) => lines.push(line),
    readInput: async () => '',
    setExitCode: (code) => {
      exitCode = code
    },
  })
  const words = ['node', 'sync', folder.path, '--url', server.url, '--name', 'docs', ...more]
  await command.exitOverride().parseAsync(words)
  return { lines, exitCode, last: lines.at(-1) }
}

async function documents() {
  const response = await fetch(`${server.url}/documents/paginated`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({ page_size: 50, sort_field: 'file_path', sort_direction: 'asc' }),
  })
  const { documents: all } = (await response.json()) as {
    documents: { file_path: string; status: string; metadata: { enabled?: boolean } }[]
  }
  return all
}

async function done() {
  while ((await documents()).some(({ status }) => /pending|processing/.test(status))) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return (await documents()).map(({ file_path, metadata }) => [file_path, metadata.enabled ?? true])
}

it('brings what is new and what has changed, and tells what is gone', async () => {
  await put('a.txt', 'Words of a.')
  await put('b/c.md', '# Words of c')
  await put('d.bin', 'no')
  await put('.hidden/e.txt', 'no')
  expect(await sync('--dry-run')).toMatchObject({ exitCode: 0 })
  expect(await documents()).toEqual([])
  expect((await sync()).last).toBe(
    '2 taken in, 0 replaced, 0 unchanged, 0 failed, 0 gone, 1 of other types.',
  )
  expect(await done()).toEqual([
    ['a.txt', true],
    ['b › c.md', true],
  ])
  await put('a.txt', 'Newer words of a.')
  await put('f.txt', 'Words of f.')
  await rm(join(folder.path, 'b/c.md'))
  const again = await sync()
  expect(again.lines).toEqual(
    expect.arrayContaining(['replaced: a.txt', 'taken in: f.txt', 'gone: b/c.md (keep)']),
  )
  expect(await done()).toHaveLength(3)
  await sync('--gone', 'disable')
  expect((await done()).filter(([, enabled]) => !enabled)).toEqual([['b › c.md', false]])
  // What comes back is shown again.
  await put('b/c.md', '# Words of c')
  await sync('--gone', 'disable')
  expect((await done()).filter(([, enabled]) => !enabled)).toEqual([])
  await rm(join(folder.path, 'b/c.md'))
  await sync('--gone', 'delete')
  while ((await documents()).length > 2) await new Promise((resolve) => setTimeout(resolve, 50))
  expect((await sync()).last).toMatch(/^0 taken in, 0 replaced, 2 unchanged, 0 failed, 0 gone/)
})

it('takes nothing for gone in a folder that is empty', async () => {
  await put('a.txt', 'Words of a.')
  await sync()
  await done()
  await rm(join(folder.path, 'a.txt'))
  expect((await sync('--gone', 'delete')).lines.join()).toMatch(/is empty: nothing is done/)
  expect(await documents()).toHaveLength(1)
})

it('tells which file was refused and why, and does the others', async () => {
  await put('a.txt', 'Words of a.')
  await put('b.txt', '')
  const { lines, exitCode } = await sync()
  expect(exitCode).toBe(1)
  expect(lines).toEqual(
    expect.arrayContaining(['failed: b.txt: it is empty', expect.stringMatching(/^1 taken in/)]),
  )
})

it('tells what is wrong with the server, the key or the folder', async () => {
  await put('a.txt', 'Words of a.')
  await expect(sync('--url', 'http://127.0.0.1:1')).rejects.toThrow(/does not answer/)
  await expect(sync('--workspace', 'other')).rejects.toThrow(/40[13]/)
  await rm(folder.path, { recursive: true })
  await expect(sync()).rejects.toThrow(/cannot be read/)
})
