export const TAGS = {
  Documents: 'What a workspace holds, and its processing',
  Queries: 'Questions to the documents',
  Graph: 'The knowledge graph made from the documents',
  Ollama: 'The workspace as a model of Ollama, for chat programs',
  Server: 'The server itself, and signing in',
  Accounts: 'Users of a server with tenants',
  Tenants: 'Tenants, what they set and what they use',
  'Knowledge bases': 'The collections of a tenant',
  Members: 'Who belongs to a tenant, and invitations',
  'API keys': 'Keys of a tenant for programs',
  Snapshots: 'Views that are kept for others of the same tenant',
  RAGFlow: 'The same for clients of RAGFlow, in its envelopes',
} as const

/** A JSON schema as it stands in the description. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** A body, of a request or a reply. */
export interface MediaDoc {
  readonly example: unknown
  /** Only where the route has no schema of its own. */
  readonly schema?: JsonSchema
  /** Default: `application/json`. */
  readonly type?: string
}

/** An error in a shape of its own. */
export interface ErrorDoc {
  readonly description: string
  readonly schema: JsonSchema
}

/** What the description of the API says of a route beyond its schemas. */
export interface OperationDoc {
  readonly tag: keyof typeof TAGS
  readonly summary: string
  readonly description?: string
  readonly deprecated?: boolean
  readonly body?: MediaDoc
  /** Absent where the answer has no body. */
  readonly reply?: MediaDoc
  /** The reply under other content types. */
  readonly alternatives?: readonly MediaDoc[]
  /**
   * Statuses with their meaning, beyond those that follow from credentials, schemas and engine; null
   * takes one of these away.
   */
  readonly errors?: Readonly<Record<number, string | ErrorDoc | null>>
  /** Whether language models are asked, which may be out of reach. */
  readonly asksModels?: boolean
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the description says of the route. One that is described and does not say it stops the start. */
    doc?: OperationDoc
  }
}

/** By method and route, as in `'POST /documents/text'`. */
export type OperationDocs = Readonly<Record<string, OperationDoc>>
