import type { Fault, ProperReply, RawReply } from '../../fixtures/model-server/fault.ts'

/** What a reply of a model is asked for. */
export type ReplyRole =
  | 'extraction'
  | 'gleaning'
  | 'summary'
  | 'keywords'
  | 'answer'
  | 'streamed answer'
  | 'embedding of documents'
  | 'embedding of questions'
  | 'rerank'

/** What a reply is to the engine. */
export type Meaning =
  /** No answer, or none that can be read: asked again, a bounded number of times. */
  | 'out'
  /** The provider refuses this very request, or gave nothing to read: not blamed on the model. */
  | 'refused'
  /** An answer that is not whole. */
  | 'cut'
  /** An answer, though in no form that was asked for. */
  | 'formless'
  /** The proper answer, whatever stands around it. */
  | 'read'

/** One way in which a reply is not what it should be. */
export interface Malformation {
  readonly name: string
  readonly meaning: Meaning
  readonly fault: Fault
  /** Whether the reply never comes to its end. */
  readonly silent?: boolean
  /** Roles for which it means something else, with the reason beside it. */
  readonly but?: Partial<Record<ReplyRole, Meaning>>
}

export function malformed(
  name: string,
  meaning: Meaning,
  reply: RawReply | ((proper: ProperReply) => RawReply),
  but: Malformation['but'] = {},
): Malformation {
  const fault: Fault = { kind: 'raw', reply: typeof reply === 'function' ? reply : () => reply }
  return { name, meaning, fault, but }
}

/** One that never ends. */
export const silent = (
  name: string,
  reply: (proper: ProperReply) => RawReply['pieces'],
): Malformation => ({
  ...malformed(name, 'out', (proper) => ({ pieces: reply(proper), end: 'stall' })),
  silent: true,
})

export const meaningFor = ({ meaning, but }: Malformation, role: ReplyRole): Meaning =>
  but?.[role] ?? meaning

/** The reply as it would have been, in the form in which it was asked for. */
export const properText = ({ body, lines }: ProperReply): string =>
  lines.length > 0 ? lines.join('') : JSON.stringify(body)
