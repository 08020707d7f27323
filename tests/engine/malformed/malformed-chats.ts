import { changedBody } from '../../fixtures/model-server/fault.ts'
import { type Malformation, type Meaning, malformed } from './malformation.ts'

interface Chat {
  readonly choices: readonly [{ readonly message: { readonly content: string } }]
  readonly usage: object
}

const changed = (
  name: string,
  meaning: Meaning,
  change: (body: Chat) => unknown,
  but: Malformation['but'] = {},
): Malformation => ({ name, meaning, fault: changedBody(change), but })

/** With other fields in the only choice. */
const choice = (body: Chat, fields: object) => ({
  ...body,
  choices: [{ ...body.choices[0], ...fields }],
})
const message = (body: Chat, fields: object) =>
  choice(body, { message: { role: 'assistant', ...fields } })
const said = (body: Chat) => body.choices[0].message.content
const usage = (body: Chat, fields: object) => ({ ...body, usage: { ...body.usage, ...fields } })
const raw = (name: string, meaning: Meaning, change: (text: string) => string) =>
  malformed(name, meaning, ({ body }) => ({ pieces: [change(JSON.stringify(body))] }))

/** Malformations of an answer in one piece. */
export const CHATS: readonly Malformation[] = [
  changed('no choices', 'out', (body) => ({ ...body, choices: [] })),
  changed('choices of null', 'out', (body) => ({ ...body, choices: null })),
  changed('a choice of null', 'out', (body) => ({ ...body, choices: [null] })),
  changed('choices by name', 'out', (body) => ({ ...body, choices: { 0: body.choices[0] } })),
  changed('a message of null', 'out', (body) => choice(body, { message: null })),
  changed('no message', 'out', (body) => ({ ...body, choices: [{ index: 0 }] })),
  changed('content of null', 'refused', (body) => message(body, { content: null })),
  changed('no content', 'refused', (body) => message(body, {})),
  changed('empty content', 'refused', (body) => message(body, { content: '' })),
  changed('blank content', 'refused', (body) => message(body, { content: ' \n\t' })),
  changed('content in parts', 'read', (body) =>
    message(body, { content: [{ type: 'text', text: said(body) }] }),
  ),
  changed('content that is a number', 'out', (body) => message(body, { content: 7 })),
  changed('content that is an object', 'out', (body) => message(body, { content: {} })),
  changed('nothing but reasoning', 'refused', (body) =>
    message(body, { content: '<think>I should' }),
  ),
  changed('a refusal', 'refused', (body) =>
    message(body, { content: null, refusal: 'I cannot help with that.' }),
  ),
  changed('a content filter before the first word', 'refused', (body) =>
    choice(body, { message: { role: 'assistant', content: '' }, finish_reason: 'content_filter' }),
  ),
  changed('a content filter within a word', 'cut', (body) =>
    choice(body, {
      message: { role: 'assistant', content: said(body).slice(0, said(body).length / 2) },
      finish_reason: 'content_filter',
    }),
  ),
  changed('a limit of tokens within a word', 'cut', (body) =>
    choice(body, {
      message: { role: 'assistant', content: said(body).slice(0, said(body).length / 2) },
      finish_reason: 'length',
    }),
  ),
  changed('a limit of tokens before the first word', 'cut', (body) =>
    choice(body, { message: { role: 'assistant', content: '' }, finish_reason: 'length' }),
  ),
  changed('an answer in no form', 'formless', (body) => message(body, { content: 'No.' })),
  changed('a call of a tool', 'refused', (body) =>
    message(body, {
      content: null,
      tool_calls: [{ id: 'a', type: 'function', function: { name: 'rm', arguments: '{}' } }],
    }),
  ),
  // Of records it is known what they are; before prose it says that all was reasoning.
  changed(
    'the closing tag of reasoning behind the answer',
    'read',
    (body) => message(body, { content: `${said(body)}\n</think>` }),
    { summary: 'refused' },
  ),
  changed('a second choice', 'read', (body) => ({
    ...body,
    choices: [body.choices[0], { index: 0, message: { content: 'entity<|#|>No<|#|>No' } }],
  })),
  changed('a choice with another index', 'read', (body) => choice(body, { index: -5 })),
  changed('a role that is no role', 'out', (body) =>
    message(body, { role: 'system', content: said(body) }),
  ),
  changed('NUL characters', 'read', (body) =>
    message(body, { content: `\u0000${said(body)}\u0000` }),
  ),
  raw('half of a surrogate pair', 'read', (text) =>
    text.replace('"content":"', '"content":"\\ud83d'),
  ),
  raw('a field named __proto__', 'out', (text) => `{"__proto__":{"polluted":1},${text.slice(1)}`),
  raw('a count that is no number', 'out', (text) =>
    text.replace(/"prompt_tokens":\d+/, '"prompt_tokens":"many"'),
  ),
  raw('a count beyond all numbers', 'out', (text) =>
    text.replace(/"prompt_tokens":\d+/, '"prompt_tokens":1e999'),
  ),
  changed('huge counts', 'read', (body) =>
    usage(body, { prompt_tokens: 1e300, completion_tokens: 1e300, total_tokens: 1e300 }),
  ),
  changed('negative counts', 'read', (body) =>
    usage(body, { prompt_tokens: -9, completion_tokens: -1e300, total_tokens: -1 }),
  ),
  changed('counts of null', 'read', (body) =>
    usage(body, { prompt_tokens: null, completion_tokens: null, total_tokens: null }),
  ),
  changed('no counts', 'read', ({ usage: _, ...body }) => body),
  changed('an unknown reason to end', 'read', (body) => choice(body, { finish_reason: 'whim' })),
  changed('no reason to end', 'read', (body) => choice(body, { finish_reason: null })),
]
