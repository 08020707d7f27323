import { beforeEach, describe, expect, it } from 'vitest'
import type {
  InsertResponse,
  PaginatedDocuments,
} from '../../src/engine/documents/document-calls.ts'
import type { Invalid, Refusal, RestClient } from './rest-client.ts'

const NOTES = '# Notes\n\nRosalind Franklin took photographs of crystals in London.\n'
const BOUNDARY = 'x-boundary-x'

export function describeUploads(client: () => RestClient): void {
  describe('uploads', () => {
    let rest: RestClient
    beforeEach(async () => {
      rest = client()
      await rest.clear()
    })

    const names = async (): Promise<string[]> => {
      const { body } = await rest.post<PaginatedDocuments>('/documents/paginated', {})
      return body.documents.map(({ file_path }) => file_path)
    }

    it('takes in a file under its name', async () => {
      const { status, body } = await rest.upload('notes.md', NOTES)
      expect(status).toBe(200)
      expect(body.status).toBe('success')
      expect(body.track_id).toMatch(/^upload_\d{8}_\d{6}_[0-9a-f]{8}$/)
      const [document] = await rest.settled(body.track_id)
      expect(document).toMatchObject({ status: 'processed', file_path: 'notes.md' })
    })

    it.each(['Über uns.txt', '東京 駅.md', 'été (1).TXT', "it's 100%.md"])(
      'keeps the name %s',
      async (name) => {
        const { body } = await rest.upload(name, NOTES)
        await rest.settled(body.track_id)
        expect(await names()).toEqual([name])
      },
    )

    it('answers a name that it holds as duplicated', async () => {
      const first = await rest.upload('notes.md', NOTES)
      await rest.settled(first.body.track_id)
      const second = await rest.upload('notes.md', 'Another text by Barbara McClintock.')
      expect(second.status).toBe(200)
      expect(second.body.status).toBe('duplicated')
    })

    it('replaces a file that it holds when asked to', async () => {
      const first = await rest.upload('notes.md', NOTES)
      await rest.settled(first.body.track_id)
      const text = 'Another text, by Barbara McClintock.'
      const second = await rest.upload('notes.md', text, '/documents/upload?on_conflict=replace')
      expect(second.body.status).toBe('success')
      const [document] = await rest.settled(second.body.track_id)
      expect(document?.content_summary).toBe(text)
      expect(await names()).toEqual(['notes.md'])
    })

    it('finds the file among other parts', async () => {
      const form = new FormData()
      form.append('comment', 'x'.repeat(10_000))
      form.append('attachment', new Blob(['y'.repeat(200_000)]), 'other.txt')
      form.append('file', new Blob([NOTES]), 'notes.md')
      form.append('after', new Blob(['z'.repeat(200_000)]), 'later.txt')
      const { status, body } = await rest.send<InsertResponse>('/documents/upload', {
        method: 'POST',
        body: form,
      })
      expect(status).toBe(200)
      await rest.settled(body.track_id)
      expect(await names()).toEqual(['notes.md'])
    })

    it.each([
      ['binary bytes', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0xff, 0xfe, 0x00, 0x01)],
      ['blanks', new TextEncoder().encode(' \n\t ')],
    ])('records a text file that holds %s as failed, with the reason', async (_what, bytes) => {
      const { status, body } = await rest.upload('broken.txt', bytes)
      expect(status).toBe(200)
      const [document] = await rest.settled(body.track_id)
      expect(document).toMatchObject({ status: 'failed', file_path: 'broken.txt' })
      expect(document?.error_msg).toMatch(/\S/)
    })

    it('refuses a file without a single byte', async () => {
      const { status, body } = await rest.upload<Refusal>('empty.txt', '')
      expect(status).toBe(400)
      expect(body.detail).toMatch(/\S/)
      expect(await names()).toEqual([])
    })

    it.each(['virus.exe', 'archive.zip', 'notes.md.bin'])(
      'refuses the file type of %s',
      async (name) => {
        const { status, body } = await rest.upload<Refusal>(name, NOTES)
        expect(status).toBe(400)
        expect(body.detail).toMatch(/\S/)
        expect(await names()).toEqual([])
      },
    )

    it.each([
      '../../etc/passwd.txt',
      '..\\\\..\\\\windows.txt',
      '/etc/motd.txt',
      'folder/notes.md',
      '..',
      '',
    ])('refuses the file name "%s"', async (name) => {
      const answer = await rest.raw(uploadOf(rest, name, NOTES), 'wait')
      expect(answer).toMatch(/^HTTP\/1\.1 4(?:00|22) /)
      expect(await names()).toEqual([])
    })

    it.each([
      ['behind one another', false],
      ['with other parts between', true],
    ])('refuses two files in one request, %s, and stores neither', async (_how, between) => {
      const form = new FormData()
      form.append('file', new Blob([NOTES]), 'notes.md')
      if (between) form.append('comment', 'both, please')
      form.append('file', new Blob(['Lise Meitner worked in Berlin.']), 'meitner.md')
      const { status, body } = await rest.send<Invalid>('/documents/upload', {
        method: 'POST',
        body: form,
      })
      expect(status).toBe(422)
      expect(body.detail[0]).toMatchObject({
        type: 'value_error',
        loc: ['body', 'file'],
        msg: 'Value error, one file a request; send each in a request of its own',
      })
      expect(await names()).toEqual([])
    })

    it('asks for the file when there is none', async () => {
      const form = new FormData()
      form.append('document', new Blob([NOTES]), 'notes.md')
      const { status, body } = await rest.send<Invalid>('/documents/upload', {
        method: 'POST',
        body: form,
      })
      expect(status).toBe(422)
      expect(body.detail).toEqual([
        { type: 'missing', loc: ['body', 'file'], msg: 'Field required', input: null },
      ])
    })

    it.each(['{"file": "notes.md"}', ''])('refuses a body that is no form: %s', async (text) => {
      const { status, body } = await rest.postRaw<Invalid>('/documents/upload', text)
      expect(status).toBe(422)
      expect(body.detail[0]).toMatchObject({
        type: 'missing',
        loc: ['body', 'file'],
        msg: 'Field required: send the file as multipart/form-data, in the part "file"',
      })
    })

    it('refuses a text field in place of the file', async () => {
      const form = new FormData()
      form.append('file', 'just text')
      const { status, body } = await rest.send<Invalid>('/documents/upload', {
        method: 'POST',
        body: form,
      })
      expect(status).toBe(422)
      expect(body.detail[0]?.loc).toEqual(['body', 'file'])
    })

    it('refuses a form without a boundary', async () => {
      const { status } = await rest.send('/documents/upload', {
        method: 'POST',
        body: 'file',
        headers: { 'content-type': 'multipart/form-data' },
      })
      expect(status).toBe(400)
    })

    it('refuses a form that ends in the middle of the file', async () => {
      const { status, body } = await rest.send<Refusal>('/documents/upload', {
        method: 'POST',
        body: partOf('half.md', NOTES),
        headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
      })
      expect(status).toBe(400)
      expect(body.detail).toMatch(/\S/)
      expect(await names()).toEqual([])
    })

    it('refuses a body that announces more than it takes', async () => {
      const head = rest.head('POST', '/documents/upload', {
        'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
        'content-length': String(10 * 1024 ** 3),
      })
      const answer = await rest.raw(head + partOf('big.md', NOTES), 'wait')
      expect(answer).toMatch(/^HTTP\/1\.1 413 /)
      expect(await names()).toEqual([])
    })

    it('keeps nothing of a file whose client leaves half-way', async () => {
      const head = rest.head('POST', '/documents/upload', {
        'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
        'content-length': '1000000',
      })
      for (let times = 0; times < 3; times += 1) {
        await rest.raw(head + partOf('cut.md', NOTES.repeat(1000)), 'cut')
      }
      const { status } = await rest.get('/health')
      expect(status).toBe(200)
      expect(await names()).toEqual([])
      const whole = await rest.upload('cut.md', NOTES)
      expect(whole.body.status).toBe('success')
    })

    it('answers on the same connection after a refused file', async () => {
      for (let times = 0; times < 3; times += 1) {
        const { status } = await rest.upload<Refusal>('big.exe', 'x'.repeat(3_000_000))
        expect(status).toBe(400)
      }
    })
  })
}

function partOf(name: string, content: string): string {
  const disposition = `form-data; name="file"; filename="${name}"`
  return [
    `--${BOUNDARY}`,
    `Content-Disposition: ${disposition}`,
    'Content-Type: text/plain',
    '',
    content,
  ].join('\r\n')
}

/** A whole request, written by hand: clients tidy up names before they send them. */
function uploadOf(rest: RestClient, name: string, content: string): string {
  const body = `${partOf(name, content)}\r\n--${BOUNDARY}--\r\n`
  const head = rest.head('POST', '/documents/upload', {
    'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
    'content-length': String(Buffer.byteLength(body)),
  })
  return head + body
}
