import { createHmac, timingSafeEqual } from 'node:crypto'
import type { TenantContext } from '../tenancy/context.ts'
import type { Admission } from '../tenancy/request/admission.ts'

/** The header in which a decision travels from the front to a host. */
export const DECISION_HEADER = 'x-tenantrag-decision'

/** What the front decided about a request that it hands on. */
export interface Decision {
  /** Of this request alone; no two of a front have the same. */
  readonly id: string
  readonly context: TenantContext
  /** The address that it came from. */
  readonly ip: string
}

/**
 * What a host has to know of an admission, and no more: of many workspaces and grants, the one that
 * was chosen.
 */
export function decisionOf(id: string, { context }: Admission, ip: string): Decision {
  const { principal, workspace, requestId, credentialId } = context
  const { grants, ...person } = principal
  const chosen = grants?.filter((grant) => grant.workspace === workspace)
  return {
    id,
    ip,
    context: {
      principal: {
        ...person,
        workspaces: [workspace],
        ...(chosen === undefined ? {} : { grants: chosen }),
      },
      workspace,
      requestId,
      ...(credentialId === undefined ? {} : { credentialId }),
    },
  }
}

/** Signs decisions with a key that only the front and its hosts have (HMAC with SHA-256). */
export class DecisionSeal {
  readonly #key: Uint8Array

  constructor(key: Uint8Array) {
    this.#key = key
  }

  seal(decision: Decision): string {
    const content = Buffer.from(JSON.stringify(decision)).toString('base64url')
    return `${content}.${this.#mac(content).toString('base64url')}`
  }

  /** Undefined for what no front of this key has sealed. */
  open(sealed: unknown): Decision | undefined {
    if (typeof sealed !== 'string') return undefined
    const [content = '', mac = ''] = sealed.split('.')
    const given = Buffer.from(mac, 'base64url')
    const wanted = this.#mac(content)
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined
    return JSON.parse(Buffer.from(content, 'base64url').toString())
  }

  #mac(content: string): Buffer {
    return createHmac('sha256', this.#key).update(content).digest()
  }
}
