import type { QuotaDesk } from '../../control/quotas/quota-desk.ts'
import type { Used } from '../../control/quotas/quota-ledger.ts'
import { quotaRag } from '../../control/quotas/quota-rag.ts'
import type { Lane } from '../../engine/ports/models.ts'
import type { FrontCalls, HostCalls, HostStart, SlotKind } from '../../hosts/host-calls.ts'
import type { HostChannel } from '../../hosts/host-channel.ts'
import { type Release, type SchedulerGauges, Slots } from '../../models/schedule/scheduler.ts'
import { context } from '../../tenancy/context.ts'
import { type Limiter, type Subject, subjectIn } from '../../tenancy/proxy/concurrency-limiter.ts'
import type { OpenStreams } from '../../tenancy/proxy/open-streams.ts'
import { callerIn } from '../../tenancy/request/admission.ts'
import type { EngineServices } from './engine-services.ts'
import { decisionIds } from './host-app.ts'

type ToFront = Pick<HostChannel<HostCalls, FrontCalls>, 'call' | 'tell'>

/** Of all that this process holds in the front. */
let nextId = 0

/** What engines need of the front, asked for over a channel. */
export function remoteServices(
  front: ToFront,
  start: Pick<HostStart, 'about' | 'hasTenants' | 'hasQueryLimit'>,
  streams: OpenStreams,
): EngineServices {
  return {
    slots: { llm: new RemoteSlots(front, 'llm'), embedding: new RemoteSlots(front, 'embedding') },
    ownSettings: start.hasTenants
      ? {
          of: (workspace) => front.call('ownSettings', workspace),
          graphBounds: (workspace) => front.call('graphBounds', workspace),
          putOffMs: (workspace) => front.call('putOffMs', workspace),
        }
      : undefined,
    bounded: (rag) =>
      start.hasTenants ? quotaRag(rag, { quotas: remoteQuotas(front), context }) : rag,
    queries: start.hasQueryLimit ? new RemoteLimiter(front) : undefined,
    streams,
    isOpenedBare: (workspace) => front.call('isOpenedBare', workspace),
    requestIdOf: (caller) => decisionIds.get(caller) ?? '',
    onUsage: (record, userId) => front.tell('recordUsage', record, userId),
    onCpu: start.hasTenants ? (shares) => front.tell('recordCpu', shares) : undefined,
    onClosed: (workspace) => front.tell('closed', workspace),
    about: start.about,
    gauges: async (request) =>
      callerIn(request)?.superAdmin === true ? front.call('operatorGauges') : undefined,
  }
}

class RemoteSlots extends Slots {
  readonly #front: ToFront
  readonly #kind: SlotKind

  constructor(front: ToFront, kind: SlotKind) {
    super()
    this.#front = front
    this.#kind = kind
  }

  async acquire(workspace: string, lane: Lane, signal: AbortSignal | undefined): Promise<Release> {
    signal?.throwIfAborted()
    const id = nextId++
    const release = onceOnly(() => this.#front.tell('releaseSlot', id))
    // Who waits no longer gives back: the front then stops waiting as well, and says so.
    signal?.addEventListener('abort', release, { once: true })
    try {
      await this.#front.call('acquireSlot', id, this.#kind, workspace, lane)
      signal?.throwIfAborted()
      return release
    } catch (error) {
      release()
      signal?.throwIfAborted()
      throw error
    } finally {
      signal?.removeEventListener('abort', release)
    }
  }

  gauges(): SchedulerGauges {
    throw new TypeError('Slots are counted in the front')
  }
}

class RemoteLimiter implements Limiter {
  readonly #front: ToFront

  constructor(front: ToFront) {
    this.#front = front
  }

  subject(): Subject | undefined {
    return subjectIn(context)
  }

  async reserve(subject: Subject): Promise<() => void> {
    const id = nextId++
    await this.#front.call('reserveQuery', id, subject)
    return onceOnly(() => this.#front.tell('releaseQuery', id))
  }
}

function remoteQuotas(front: ToFront): QuotaDesk {
  return {
    tenantKbOf: (workspace) => front.call('tenantKbOf', workspace),
    countCall: (tenantKb) => front.call('countCall', tenantKb),
    beginQuery: async (tenantKb) => {
      const id = nextId++
      await front.call('beginQuery', id, tenantKb)
      return onceOnly(() => front.tell('endQuery', id))
    },
    assertSolvent: (tenantKb) => front.call('assertSolvent', tenantKb),
    assertCpuLeft: (tenantKb) => front.call('assertCpuLeft', tenantKb),
    reserve: async (tenantKb, amounts) => {
      const id = nextId++
      await front.call('reserve', id, tenantKb, amounts)
      const end = (used: Used | null) => front.call('settle', id, used)
      return { settle: end, giveBack: () => end(null) }
    },
    assertStorageLeft: (tenantKb) => front.call('assertStorageLeft', tenantKb),
    changes: (tenantKb) => front.tell('changes', tenantKb),
  }
}

function onceOnly(act: () => void): () => void {
  let isDone = false
  return () => {
    if (isDone) return
    isDone = true
    act()
  }
}
