import type { OwnSettings } from '../config/own-settings.ts'
import type { TenantKb } from '../control/kbs/tenant-kbs.ts'
import type { CpuShare } from '../control/quotas/cpu-share.ts'
import type { QuotaDesk } from '../control/quotas/quota-desk.ts'
import type { Amounts, Reservation, Used } from '../control/quotas/quota-ledger.ts'
import type { GraphBounds } from '../engine/merge/graph-bounds.ts'
import type { Lane } from '../engine/ports/models.ts'
import type { UsageRecord } from '../models/calls/call-usage.ts'
import type { Slots } from '../models/schedule/scheduler.ts'
import type { OperatorGauges } from '../routes/health.ts'
import type { Limiter, Subject } from '../tenancy/proxy/concurrency-limiter.ts'
import type { FrontCalls, SlotKind } from './host-calls.ts'

/** What the front has for all its hosts. */
export interface FrontServices {
  readonly slots: Readonly<Record<SlotKind, Slots>>
  /** The next three are undefined on a server without tenants, or without a bound. */
  readonly ownSettings:
    | {
        of(workspace: string): Promise<OwnSettings>
        graphBounds(workspace: string): Promise<GraphBounds>
        putOffMs(workspace: string): Promise<number>
      }
    | undefined
  readonly quotas: QuotaDesk | undefined
  readonly queries: Limiter | undefined
  readonly isOpenedBare: (workspace: string) => boolean
  readonly onUsage: (record: UsageRecord, userId: string | undefined) => void
  readonly onCpu: ((shares: readonly CpuShare[]) => void) | undefined
  readonly onClosed: (workspace: string) => void
  /** Told of what a host held that has ended, when that counts on though nothing comes of it. */
  readonly onUnsettled: (error: unknown, tenantKb: TenantKb) => void
  readonly onRefused: (decisionId: string, code: string) => void
  readonly operatorGauges: () => Promise<OperatorGauges>
}

interface Held {
  readonly reservation: Reservation
  readonly tenantKb: TenantKb
  readonly documents: number
}

/**
 * Answers one host, and knows what that host holds: when it ends, slots and rights come back. What
 * came of an insert that it was in the middle of nobody knows, so a reservation is not given back
 * then: it counts until the workspace is measured again.
 */
export class HostDesk implements FrontCalls {
  readonly #front: FrontServices
  readonly #slots = new Map<number, AbortController>()
  readonly #rights = new Map<number, () => void>()
  readonly #reservations = new Map<number, Held>()
  #isGone = false

  constructor(front: FrontServices) {
    this.#front = front
  }

  /** How much the host holds. */
  get held(): { readonly slots: number; readonly rights: number; readonly reservations: number } {
    return {
      slots: this.#slots.size,
      rights: this.#rights.size,
      reservations: this.#reservations.size,
    }
  }

  async acquireSlot(id: number, kind: SlotKind, workspace: string, lane: Lane): Promise<void> {
    const held = new AbortController()
    // What a host sent last may be heard after its end.
    if (this.#isGone) held.abort()
    else this.#slots.set(id, held)
    try {
      const release = await this.#front.slots[kind].acquire(workspace, lane, held.signal)
      if (held.signal.aborted) release()
      else held.signal.addEventListener('abort', release, { once: true })
    } catch (error) {
      this.#slots.delete(id)
      throw error
    }
  }

  releaseSlot(id: number): void {
    this.#slots.get(id)?.abort()
    this.#slots.delete(id)
  }

  async ownSettings(workspace: string): Promise<OwnSettings> {
    return present(this.#front.ownSettings).of(workspace)
  }

  async graphBounds(workspace: string): Promise<GraphBounds> {
    return present(this.#front.ownSettings).graphBounds(workspace)
  }

  async putOffMs(workspace: string): Promise<number> {
    return present(this.#front.ownSettings).putOffMs(workspace)
  }

  async isOpenedBare(workspace: string): Promise<boolean> {
    return this.#front.isOpenedBare(workspace)
  }

  recordUsage(record: UsageRecord, userId: string | undefined): void {
    this.#front.onUsage(record, userId)
  }

  recordCpu(shares: readonly CpuShare[]): void {
    this.#front.onCpu?.(shares)
  }

  async tenantKbOf(workspace: string): Promise<TenantKb | undefined> {
    return present(this.#front.quotas).tenantKbOf(workspace)
  }

  async countCall(tenantKb: TenantKb): Promise<void> {
    return present(this.#front.quotas).countCall(tenantKb)
  }

  async beginQuery(id: number, tenantKb: TenantKb): Promise<void> {
    this.#hold(id, await present(this.#front.quotas).beginQuery(tenantKb))
  }

  endQuery(id: number): void {
    this.#giveBack(id)
  }

  async assertSolvent(tenantKb: TenantKb): Promise<void> {
    return present(this.#front.quotas).assertSolvent(tenantKb)
  }

  async assertCpuLeft(tenantKb: TenantKb): Promise<void> {
    return present(this.#front.quotas).assertCpuLeft(tenantKb)
  }

  async reserve(id: number, tenantKb: TenantKb, amounts: Amounts): Promise<void> {
    const reservation = await present(this.#front.quotas).reserve(tenantKb, amounts)
    const held = { reservation, tenantKb, documents: amounts.documents ?? 0 }
    this.#reservations.set(id, held)
    if (this.#isGone) this.#settleUnknown(id, held)
  }

  async settle(id: number, used: Used | null): Promise<void> {
    const held = this.#reservations.get(id)
    this.#reservations.delete(id)
    await (used === null ? held?.reservation.giveBack() : held?.reservation.settle(used))
  }

  async assertStorageLeft(tenantKb: TenantKb): Promise<void> {
    return present(this.#front.quotas).assertStorageLeft(tenantKb)
  }

  changes(tenantKb: TenantKb): void {
    present(this.#front.quotas).changes(tenantKb)
  }

  async reserveQuery(id: number, subject: Subject): Promise<void> {
    this.#hold(id, await present(this.#front.queries).reserve(subject))
  }

  releaseQuery(id: number): void {
    this.#giveBack(id)
  }

  refused(decisionId: string, code: string): void {
    this.#front.onRefused(decisionId, code)
  }

  closed(workspace: string): void {
    this.#front.onClosed(workspace)
  }

  operatorGauges(): Promise<OperatorGauges> {
    return this.#front.operatorGauges()
  }

  /** The host has ended. */
  end(): void {
    this.#isGone = true
    for (const held of this.#slots.values()) held.abort()
    this.#slots.clear()
    for (const giveBack of this.#rights.values()) giveBack()
    this.#rights.clear()
    for (const [id, held] of this.#reservations) this.#settleUnknown(id, held)
  }

  #hold(id: number, giveBack: () => void): void {
    if (this.#isGone) giveBack()
    else this.#rights.set(id, giveBack)
  }

  #giveBack(id: number): void {
    this.#rights.get(id)?.()
    this.#rights.delete(id)
  }

  #settleUnknown(id: number, { reservation, tenantKb, documents }: Held): void {
    this.#reservations.delete(id)
    reservation
      .settle({ documents, share: 1 })
      .catch((error: unknown) => this.#front.onUnsettled(error, tenantKb))
    this.#front.quotas?.changes(tenantKb)
  }
}

function present<T>(part: T | undefined): T {
  if (part === undefined) throw new TypeError('This server has no such part')
  return part
}
