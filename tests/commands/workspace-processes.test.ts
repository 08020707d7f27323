import { existsSync, readdirSync } from 'node:fs'
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { COUNTRIES } from '../fixtures/lightrag/harbour-documents.ts'
import { writeLightRagFolder } from '../fixtures/lightrag/lightrag-folder.ts'
import { ModelServer } from '../fixtures/model-server/model-server.ts'
import { startRealProcess } from '../server/real-process.ts'
import { pathsIn, soundWorkspace } from '../stores/sound-workspace.ts'
import { type Installation, install } from './workspace-run.ts'

const FROM = ['--embedding-model', 'hashed:64', '--embedding-dimension', '64']

async function until(what: () => boolean): Promise<void> {
  const end = Date.now() + 120_000
  while (!what()) {
    if (Date.now() > end) throw new Error('it did not come to that')
    await sleep(1)
  }
}

/** A workspace whose deletion was killed when it had been moved into the trash. */
async function killedDeletion({ root, start }: Installation) {
  const trash = join(root, 'rag_storage', '_trash')
  for (;;) {
    const one = await soundWorkspace(root, 'one')
    for (let i = 0; i < 4000; i++) await writeFile(join(one.uploadFolder, `${i}.txt`), 'x')
    const { child, ended } = start('delete', 'one', '--yes')
    const isMoved = () => existsSync(trash) && !existsSync(one.dir)
    await until(() => isMoved() || child.exitCode !== null)
    child.kill('SIGKILL')
    await ended
    // On a busy machine the kill may come when all is done.
    if ((await readdir(trash)).length > 0) return { one, trash }
  }
}

describe('the workspace commands as processes', { timeout: 300_000 }, () => {
  it('end with a sentence and code 1, and never with a stack', async () => {
    const { root, spawn } = await install()
    await soundWorkspace(root, 'one')
    await writeFile(join(root, 'bad'), 'x'.repeat(5000))
    for (const words of [
      ['export', 'nobody', 'x'],
      ['import', 'bad', 'two'],
      ['import-lightrag', root],
      ['export', 'one', join(root, 'no', 'such', 'folder')],
      ['verify', '..'],
    ]) {
      const { code, out, err } = await spawn(...words)
      expect({ words, code, out }).toEqual({ words, code: 1, out: '' })
      expect(err.trimEnd().split('\n'), err).toHaveLength(1)
      expect(err).not.toMatch(/\bat .*:\d+/)
    }
  })

  it('export what a server is writing, refuse to change it, and take it in elsewhere', async () => {
    const { root, run, spawn } = await install({ WORKSPACE: 'default' })
    const server = await startRealProcess(root)
    let sent = 0
    let writing = true
    const writer = (async () => {
      while (writing) {
        const body = JSON.stringify({
          text: `Document ${sent} says that Marie Curie met Person${sent} in Paris.`,
          file_source: `d${sent}.txt`,
        })
        const answer = await fetch(`${server.url}/documents/text`, {
          method: 'POST',
          body,
          headers: { 'content-type': 'application/json' },
        })
        if (answer.ok) sent++
        await answer.arrayBuffer()
      }
    })()
    await until(() => sent > 5)
    for (let round = 0; round < 3; round++) {
      const before = sent
      const exported = await spawn('export', 'default', join(root, `${round}.export`))
      expect(exported).toMatchObject({ code: 0, err: '' })
      expect(Number(exported.out.split(' ')[0])).toBeGreaterThanOrEqual(before)
    }
    expect((await run('list')).out).toMatch(/^default +in use/)
    expect(await run('verify', 'default')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^default: whole \(in use/),
    })
    expect(await spawn('delete', 'default', '--yes')).toMatchObject({
      code: 75,
      err: expect.stringMatching(/in use by another process/),
    })
    writing = false
    await writer
    expect(await server.stop()).toBe(0)
    for (let round = 0; round < 3; round++) {
      expect(await spawn('import', join(root, `${round}.export`), `copy-${round}`)).toMatchObject({
        code: 0,
      })
    }
    expect(await run('verify', '--all')).toMatchObject({ code: 0 })
  })

  it('go on with a reindex after SIGKILL, paying for no text that was written down', async () => {
    const models = new ModelServer({ dimension: 16, latencyMs: 10 })
    await models.listen()
    onTestFinished(() => models.close())
    const { root, run, spawn, start } = await install({
      EMBEDDING_BINDING: 'openai',
      EMBEDDING_BINDING_HOST: models.openAiUrl,
      EMBEDDING_BINDING_API_KEY: 'k',
      EMBEDDING_MODEL: 'hashed',
      EMBEDDING_DIM: '16',
      EMBEDDING_BATCH_NUM: '10',
      EMBEDDING_FUNC_MAX_ASYNC: '2',
    })
    const folder = join(root, 'lightrag')
    const { counts } = await writeLightRagFolder(folder)
    const { documents, chunks, entities, relations } = counts
    const all = chunks + entities + relations
    await run('import-lightrag', folder, 'moved', ...FROM, '--apply')
    const texts = () => models.callsOf('embed').reduce((sum, call) => sum + call.texts.length, 0)
    let kills = 0
    for (const share of [0.1, 0.4, 0.7]) {
      const { child, ended } = start('reindex', 'moved')
      await until(() => texts() > share * all || child.exitCode !== null)
      child.kill('SIGKILL')
      await ended
      kills++
      expect((await run('list')).out).toMatch(/hashed:64 \(64\)/)
    }
    const last = await spawn('reindex', 'moved')
    expect(last).toMatchObject({ code: 0, err: '' })
    // Per kill, at most one group of requests was answered and not written down.
    expect(texts()).toBeGreaterThanOrEqual(all)
    expect(texts()).toBeLessThanOrEqual(all + kills * 20)
    expect((await run('list')).out).toMatch(
      new RegExp(`moved +idle +${documents} documents .*openai:hashed \\(16\\)`),
    )
    expect(await run('verify', 'moved')).toMatchObject({ code: 0 })
  })

  it('show an import whole or not at all when it is killed, and do it the next time', async () => {
    const { root, run, spawn, start } = await install()
    await soundWorkspace(root, 'one')
    const file = join(root, 'one.export')
    await run('export', 'one', file)
    const incoming = join(root, 'rag_storage', '_incoming')
    const staged = (name: string) =>
      existsSync(incoming) &&
      readdirSync(incoming).some((one) => existsSync(join(incoming, one, 'workspace', name)))
    let killed = 0
    const moments = ['rag.db', 'rag.db-journal', 'rag.db']
    // On a busy machine a kill may come when all is done; then there are more.
    for (let round = 0; round < moments.length || killed === 0; round++) {
      const moment = moments[round % moments.length] ?? ''
      const { child, ended } = start('import', file, 'two')
      await until(() => staged(moment) || child.exitCode !== null)
      child.kill('SIGKILL')
      await ended
      if (existsSync(pathsIn(root, 'two').dir)) {
        expect(await run('verify', 'two')).toMatchObject({ code: 0 })
        await run('delete', 'two', '--yes')
      } else killed++
      expect((await run('list')).out.split('\n')[0]).toMatch(/^one/)
    }
    expect(await spawn('import', file, 'two')).toMatchObject({ code: 0 })
    expect(await readdir(incoming)).toEqual([])
    expect(await run('verify', '--all')).toMatchObject({ code: 0 })
  })

  it('finish a deletion that was killed', async () => {
    const installation = await install()
    const { run, spawn } = installation
    const { one, trash } = await killedDeletion(installation)
    expect(existsSync(one.dir)).toBe(false)
    expect(await readdir(trash)).toHaveLength(1)
    expect((await run('list')).out).toMatch(/The deletion of one is unfinished/)
    expect(await spawn('delete', 'one', '--yes')).toMatchObject({ code: 0 })
    expect(existsSync(one.inputDir)).toBe(false)
    expect(await readdir(trash)).toEqual([])
  })

  it('put back what a killed deletion had taken out of the way', async () => {
    const installation = await install()
    const { root, run, spawn } = installation
    expect(await spawn('restore', 'one')).toMatchObject({
      code: 1,
      err: 'There is no workspace "one" in the trash. The trash is empty.\n',
    })
    const { one } = await killedDeletion(installation)
    expect(await spawn('restore', 'other')).toMatchObject({
      code: 1,
      err: 'There is no workspace "other" in the trash. It has one.\n',
    })
    expect((await run('trash')).out).toMatch(/^one .* or `workspace restore one`$/)
    expect(await spawn('restore', 'one')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Workspace "one" is back/),
      err: '',
    })
    expect((await run('trash')).out).toBe('The trash is empty.')
    expect((await run('list')).out).toMatch(/^one +idle +4 documents/)
    const server = await startRealProcess(root, { WORKSPACE: 'one' })
    const answer = await fetch(`${server.url}/query`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'Where was Marie Curie born?' }),
    })
    expect(await answer.text()).toContain('Warsaw')
    expect(await server.stop()).toBe(0)
    await mkdir(join(root, 'rag_storage', '_trash', 'del_1_earlier', 'one'), { recursive: true })
    expect(await spawn('restore', 'one')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^There is a workspace "one" already\./),
    })
    expect(existsSync(one.dir)).toBe(true)
  })

  it('bring in a folder of Python LightRAG, which a server then answers from', async () => {
    const { root, run, spawn } = await install({ WORKSPACE: 'default' })
    const folder = join(root, 'lightrag')
    const { counts } = await writeLightRagFolder(folder)
    expect(await spawn('import-lightrag', folder)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/64 dimensions.*384/),
    })
    const dry = await run('import-lightrag', folder, ...FROM)
    expect(dry.out).toContain(
      `${counts.documents} documents, ${counts.chunks} chunks, ${counts.entities} entities, ` +
        `${counts.relations} relations, ${counts.answers} cached answers`,
    )
    expect(dry.out).toMatch(/Nothing was written/)
    expect(existsSync(pathsIn(root, 'default').dir)).toBe(false)
    const before = await stat(join(folder, 'vdb_chunks.json'))
    expect(await spawn('import-lightrag', folder, ...FROM, '--apply')).toMatchObject({
      code: 0,
      err: '',
    })
    expect((await stat(join(folder, 'vdb_chunks.json'))).mtimeMs).toBe(before.mtimeMs)
    expect((await run('list')).out).toMatch(/^default +idle +60 documents .*hashed:64 \(64\)/)
    expect(await run('verify', 'default')).toMatchObject({ code: 0 })
    expect(await spawn('reindex', 'default')).toMatchObject({ code: 0 })
    const server = await startRealProcess(root)
    const [[country, capital]] = COUNTRIES
    for (const mode of ['naive', 'local', 'global', 'hybrid', 'mix']) {
      const answer = await fetch(`${server.url}/query`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: `What is the capital of ${country}?`, mode }),
      })
      const { response } = (await answer.json()) as { response: string }
      expect(response, mode).toContain(capital)
    }
    expect(await server.stop()).toBe(0)
  })
})
