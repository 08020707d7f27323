import type { TenantContext } from '../context.ts'
import type { Principal } from '../principal.ts'
import { type Credentials, credentialId } from '../sign-in/credential.ts'

/** The context of an admitted request. A class: a getter in a literal costs over a microsecond. */
export class RequestContext implements TenantContext {
  readonly principal: Principal
  readonly workspace: string
  readonly requestId: string
  readonly #credentials: Credentials
  #credentialId: string | undefined

  constructor(
    request: { readonly id: string },
    principal: Principal,
    workspace: string,
    credentials: Credentials,
  ) {
    this.principal = principal
    this.workspace = workspace
    this.requestId = request.id
    this.#credentials = credentials
    Object.freeze(this)
  }

  /** Made only when somebody limits by it. */
  get credentialId(): string {
    this.#credentialId ??= credentialId(this.#credentials, this.principal.userId)
    return this.#credentialId
  }
}
