import type { AttackKind } from '../attack.ts'
import { TextMaker } from '../made-text.ts'

const MB = 2 ** 20
const q = encodeURIComponent

/** Whatever is looked up by a name: paths, workspaces, documents, entities, parts of a form. */
export const names: AttackKind = {
  kind: 'names',
  attacks: [
    {
      name: 'paths-that-lead-nowhere',
      by: 'stranger',
      lanes: 16,
      ready: (caller) => async (turn) => {
        await caller.bare('GET', `/${turn}${'/a%2e%2e'.repeat(900)}`)
        await caller.bare('GET', `/documents/track_status/${'%c3%a9'.repeat(1000)}`)
      },
    },
    {
      name: 'workspaces-by-guess',
      by: 'tenant',
      lanes: 16,
      ready: (caller) => async (turn) => {
        const headers = { 'x-tenant-id': `other-${turn}`, 'x-kb-id': 'k'.repeat(60) }
        await caller.call('GET', '/documents', undefined, headers)
        const selector = { 'lightrag-workspace': `${'w-'.repeat(3000)}${turn}` }
        await caller.call('GET', '/auth/explain', undefined, selector)
      },
    },
    {
      name: 'deletions-of-5000-that-are-not-there',
      by: 'tenant',
      ready: (caller) => async (turn) => {
        const ids = Array.from({ length: 5000 }, (_, i) => `doc-${turn}-${i}`)
        await caller.call('DELETE', '/documents/delete_document', { doc_ids: ids })
        await caller.call('DELETE', '/documents/delete_document', {
          file_paths: ids.map((id) => `${id}e\u0301\u200d.txt`),
          delete_file: true,
        })
      },
    },
    {
      name: 'entities-of-the-longest-names',
      by: 'tenant',
      lanes: 8,
      ready: (caller) => async (turn) => {
        const name = `${turn}${'\ufdfa\u0301\u202e'.repeat(300)}`
        await caller.call('DELETE', '/documents/delete_entity', { entity_name: name })
        await caller.get(`/graph/entity/exists?name=${q(name)}`)
        await caller.post('/graph/entity/create', { entity_name: name, entity_data: {} })
        await caller.get(`/graphs?label=${q(name)}&max_depth=1000`)
      },
    },
    {
      name: 'addresses-of-pages',
      by: 'tenant',
      lanes: 16,
      ready: (caller) => async (turn) => {
        await caller.post('/documents/url', {
          url: `http://127.0.0.1/${turn}${'/%c3%a9'.repeat(100)}`,
        })
        await caller.post('/documents/url', {
          url: `http://localhost:1/${turn}#${'x'.repeat(400)}`,
        })
        await caller.post('/documents/url', { url: `ftp://${turn}.${'a.'.repeat(200)}invalid` })
      },
    },
    {
      name: 'names-of-files',
      by: 'tenant',
      lanes: 8,
      ready: (caller) => {
        const maker = new TextMaker(41)
        return async (turn) => {
          const name = `${turn}${'\u202ee\u0301\u200d'.repeat(240)}.txt`
          await caller.post('/documents/text', { text: maker.sentence(), file_source: name })
          await caller.upload(`${turn}${'../'.repeat(20_000)}.txt`, maker.sentence())
        }
      },
    },
    {
      name: 'form-of-a-million-parts',
      by: 'tenant',
      lanes: 2,
      ready: (caller) => {
        const part = '--b\r\nContent-Disposition: form-data; name="tags"\r\n\r\na\r\n'
        const form = Buffer.from(`${part.repeat((20 * MB) / part.length)}--b--\r\n`)
        const type = { 'content-type': 'multipart/form-data; boundary=b' }
        return async () => {
          await caller.call('POST', '/documents/upload', form, type)
        }
      },
    },
    {
      name: 'boundaries-that-nearly-match',
      by: 'tenant',
      lanes: 2,
      ready: (caller) => {
        const boundary = `${'-'.repeat(60)}b`
        const nearly = `\r\n--${boundary.slice(0, -1)}`
        const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="`
        const type = { 'content-type': `multipart/form-data; boundary=${boundary}` }
        const body = nearly.repeat((20 * MB) / nearly.length)
        return async (turn) => {
          const form = `${head}near-${turn}.txt"\r\n\r\n${turn}${body}\r\n--${boundary}--\r\n`
          await caller.call('POST', '/documents/upload', form, type)
        }
      },
    },
  ],
}
