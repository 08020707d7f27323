import type { AttackKind } from '../attack.ts'

const turns = (count: number, content: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => ({
    role: i % 2 === 0 ? 'user' : 'assistant',
    content: content(i),
  }))

/** Chat programs that remember too much. */
export const chats: AttackKind = {
  kind: 'chats',
  attacks: [
    {
      name: 'chat-of-40000-turns',
      by: 'tenant',
      ready: (caller) => {
        const messages = turns(40_001, (i) => `So ${i}?`)
        const body = Buffer.from(JSON.stringify({ model: 'lightrag', stream: false, messages }))
        return async () => {
          await caller.post('/api/chat', body)
        }
      },
    },
    {
      name: 'chat-of-4-MB',
      by: 'tenant',
      ready: (caller) => async (turn) => {
        const content = `Ada met Boris ${turn}. `.repeat(3000)
        const messages = turns(61, () => content)
        await caller.post('/api/chat', { model: 'lightrag', stream: true, messages })
      },
    },
    {
      name: 'last-turn-longest',
      by: 'tenant',
      ready: (caller) => async (turn) => {
        const content = `/mix[${'do it '.repeat(300)}] What of ${turn} ${'A. '.repeat(20_000)}`
        await caller.post('/api/chat', {
          model: 'lightrag',
          stream: false,
          messages: [{ role: 'user', content }],
        })
      },
    },
    {
      name: 'prompt-without-documents',
      by: 'tenant',
      ready: (caller) => async (turn) => {
        const prompt = `${turn} ${'Ada met Boris. '.repeat(4000)}`
        await caller.post('/api/generate', { model: 'lightrag', prompt, stream: false })
      },
    },
  ],
}
