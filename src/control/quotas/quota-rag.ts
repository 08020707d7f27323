import type { CheckedFiles } from '../../engine/documents/check-calls.ts'
import type {
  InsertFile,
  InsertResponse,
  InsertTexts,
} from '../../engine/documents/document-calls.ts'
import type { Rag } from '../../engine/rag.ts'
import { RAG_METHODS, RAG_STREAMS } from '../../engine/rag.ts'
import type { QueryEvent } from '../../engine/retrieve/query-calls.ts'
import type { ContextCarrier } from '../../tenancy/context.ts'
import { LimitedStream } from '../../tenancy/proxy/limited-stream.ts'
import { ControlError } from '../core/control-error.ts'
import type { TenantKb } from '../kbs/tenant-kbs.ts'
import { assertGraphNotFull, inWordsOfQuotas } from './graph-room.ts'
import { meteredBytes } from './metered-bytes.ts'
import type { QuotaDesk } from './quota-desk.ts'
import { type MethodQuota, quotaRuleOf, type StreamQuota } from './quota-rules.ts'
import { roomFor } from './room-for-files.ts'

export interface QuotaRagOptions {
  readonly quotas: QuotaDesk
  readonly context: ContextCarrier
  /** A stream that nobody pulls for this long gives its rights back. Default 30 000. */
  readonly abandonAfterMs?: number
}

/**
 * `inner` again, within the quotas of the tenant whose workspace the caller is in; a workspace of no
 * tenant has none. As with the proxy, the caller who touches a method is the one whom its calls count
 * for. A method without a rule is refused to everybody.
 */
export function quotaRag(inner: Rag, options: QuotaRagOptions): Rag {
  const guard = new Guard(inner, options)
  const getters: PropertyDescriptorMap = {}
  for (const name of RAG_METHODS) getters[name] = { get: () => guard.method(name) }
  for (const name of RAG_STREAMS) getters[name] = { get: () => guard.stream(name) }
  return Object.freeze(Object.create(null, getters))
}

type Call = (...args: unknown[]) => unknown

class Guard {
  readonly #inner: Rag
  readonly #options: QuotaRagOptions

  constructor(inner: Rag, options: QuotaRagOptions) {
    this.#inner = inner
    this.#options = options
  }

  method(name: (typeof RAG_METHODS)[number]): unknown {
    const rule = quotaRuleOf(name)
    const workspace = this.#options.context.current()?.workspace
    const bare = this.#bare(name)
    if (workspace === undefined) return bare
    return async (...args: unknown[]) => {
      const tenantKb = await this.#options.quotas.tenantKbOf(workspace)
      if (tenantKb === undefined) return bare(...args)
      return this.#within(tenantKb, rule, bare, args)
    }
  }

  stream(name: (typeof RAG_STREAMS)[number]): unknown {
    const rule = quotaRuleOf(name)
    const { context, abandonAfterMs = 30_000 } = this.#options
    const workspace = context.current()?.workspace
    const bare = this.#bare(name)
    if (workspace === undefined) return bare
    return (...args: unknown[]) => {
      const rights = this.#rightsOf(workspace, rule)
      // A reader that never pulls is never told.
      rights.catch(() => undefined)
      const release = () => {
        rights.then((end) => end()).catch(() => undefined)
      }
      return new LimitedStream(
        granted(rights, () => bare(...args)),
        release,
        abandonAfterMs,
      )
    }
  }

  async #within(
    tenantKb: TenantKb,
    rule: MethodQuota,
    bare: Call,
    args: unknown[],
  ): Promise<unknown> {
    if (rule === 'free') return bare(...args)
    const { quotas } = this.#options
    await quotas.countCall(tenantKb)
    switch (rule) {
      case 'counted':
        return bare(...args)
      case 'graph-read':
        await quotas.assertCpuLeft(tenantKb)
        return bare(...args)
      case 'query':
        return this.#asQuery(tenantKb, () => bare(...args))
      case 'insert-texts':
        return this.#insertTexts(tenantKb, args[0] as InsertTexts, () => bare(...args))
      case 'insert-file':
        return this.#insertFile(tenantKb, args, bare)
      case 'insert-graph':
        return this.#insert(tenantKb, { documents: 1, text: sizeOf(args[0]) }, () => bare(...args))
      case 'check-files':
        return roomFor(quotas, tenantKb, args[0], (await bare(...args)) as CheckedFiles)
      case 'graph-edit':
        await quotas.assertSolvent(tenantKb)
        await quotas.assertStorageLeft(tenantKb)
        return inWordsOfQuotas(() => bare(...args))
      case 'background':
        await quotas.assertSolvent(tenantKb)
        return bare(...args)
      case 'scan':
        await quotas.assertSolvent(tenantKb)
        // How many it will find is not known; it may begin when there is room for one.
        await (await quotas.reserve(tenantKb, { documents: 1 })).giveBack()
        await quotas.assertStorageLeft(tenantKb)
        quotas.changes(tenantKb)
        return bare(...args)
      case 'removal':
        quotas.changes(tenantKb)
        return bare(...args)
    }
  }

  async #asQuery(tenantKb: TenantKb, call: () => unknown): Promise<unknown> {
    const end = await this.#options.quotas.beginQuery(tenantKb)
    try {
      return await call()
    } finally {
      end()
    }
  }

  async #rightsOf(workspace: string, rule: StreamQuota): Promise<() => void> {
    const { quotas } = this.#options
    const tenantKb = await quotas.tenantKbOf(workspace)
    if (tenantKb === undefined) return () => undefined
    await quotas.countCall(tenantKb)
    if (rule === 'graph-read') await quotas.assertCpuLeft(tenantKb)
    return rule === 'query' ? quotas.beginQuery(tenantKb) : () => undefined
  }

  #insertTexts(tenantKb: TenantKb, input: InsertTexts, call: Call): Promise<InsertResponse> {
    const text = input.texts.reduce((sum, one) => sum + Buffer.byteLength(one), 0)
    const replaces = input.on_conflict === 'replace'
    return this.#insert(tenantKb, { documents: input.texts.length, text }, call, replaces)
  }

  async #insertFile(tenantKb: TenantKb, args: unknown[], bare: Call): Promise<InsertResponse> {
    const [input, content, ...more] = args as [InsertFile, AsyncIterable<Uint8Array>, ...unknown[]]
    const replaces = input.on_conflict === 'replace'
    const { quotas } = this.#options
    const kind = isPacked(input.file_name) ? 'packed' : 'text'
    const metered = meteredBytes(content, (bytes) =>
      quotas.reserve(tenantKb, { files: bytes, [kind]: bytes }),
    )
    let stored = false
    try {
      const response = await this.#insert(
        tenantKb,
        { documents: 1 },
        () => bare(input, metered.content, ...more),
        replaces,
      )
      stored = response.status === 'success'
      return response
    } catch (error) {
      // The engine speaks of an upload that broke off; the caller should hear why.
      throw metered.refusal() ?? error
    } finally {
      await metered.end(stored)
    }
  }

  async #insert(
    tenantKb: TenantKb,
    amounts: { readonly documents: number; readonly text?: number },
    call: Call,
    replaces = false,
  ): Promise<InsertResponse> {
    const { quotas } = this.#options
    await quotas.assertSolvent(tenantKb)
    await assertGraphNotFull(tenantKb, this.#inner)
    const reservation = await quotas.reserve(tenantKb, amounts)
    try {
      const response = (await call()) as InsertResponse
      const documents = await this.#addedBy(response, amounts.documents)
      const share = amounts.documents === 0 ? 0 : documents / amounts.documents
      await reservation.settle({ documents, share })
      if (replaces) quotas.changes(tenantKb)
      return response
    } catch (error) {
      await reservation.giveBack()
      throw error
    }
  }

  /** How many documents an insert of `asked` really added. */
  async #addedBy({ status, track_id }: InsertResponse, asked: number): Promise<number> {
    if (status === 'duplicated' || status === 'failure') return 0
    if (asked === 1) return status === 'success' ? 1 : 0
    const { total_count } = await this.#inner.trackStatus(track_id)
    return Math.min(asked, total_count)
  }

  #bare(name: keyof Rag): Call {
    const method: unknown = this.#inner[name]
    if (typeof method === 'function') return (...args) => Reflect.apply(method, this.#inner, args)
    throw new ControlError('not_found', 'The engine has no such method')
  }
}

async function* granted(
  rights: Promise<unknown>,
  open: () => unknown,
): AsyncIterable<QueryEvent | unknown> {
  await rights
  yield* open() as AsyncIterable<unknown>
}

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value))
}

/** Whether text is packed in such a file, or stands beside much else. */
function isPacked(name: string): boolean {
  return /\.(?:pdf|docx|pptx|xlsx|odt|epub)$/i.test(name)
}
