const MEANINGS = {
  400: 'The request is malformed',
  401: 'No credential, or one that is wrong',
  402: 'Credit or budget is used up',
  403: 'Not allowed: role, workspace, or two credentials that disagree',
  413: 'The body is too large',
  415: 'The body is packed; send it without `Content-Encoding`',
  422: 'The request does not fit its schema',
  429: 'Too many requests; `Retry-After` says when to come back',
  502: 'A model refused the request',
  503: 'A model or the engine is out of reach; `Retry-After` may say for how long',
  507: 'The disk of the server is full, or only what is kept for deletions is left',
} as const

const RETRY_AFTER = { 'Retry-After': { description: 'In seconds', schema: { type: 'integer' } } }

const CODED_ERROR = {
  type: 'object',
  required: ['code', 'message', 'request_id'],
  properties: {
    code: { type: 'string' },
    message: { type: 'string' },
    request_id: { type: 'string' },
  },
} as const

function replies() {
  const entries = Object.entries(MEANINGS).map(([status, description]) => {
    const schema = status === '422' ? 'ValidationErrors' : 'Error'
    const content = { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } }
    const reply = {
      description,
      ...(status === '503' || status === '429' ? { headers: RETRY_AFTER } : {}),
      content,
    }
    return [`Status${status}`, reply] as const
  })
  return Object.fromEntries(entries)
}

/** Shapes and credentials that operations share. */
export const COMPONENTS = {
  securitySchemes: {
    ApiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
    Bearer: {
      type: 'http',
      scheme: 'bearer',
      description: 'A token from `POST /login`, or an API key',
    },
  },
  parameters: {
    Workspace: {
      name: 'LIGHTRAG-WORKSPACE',
      in: 'header',
      required: false,
      description: 'One of the workspaces that the credential opens; unset, its default',
      schema: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$' },
    },
  },
  responses: replies(),
  schemas: {
    Error: {
      type: 'object',
      required: ['detail'],
      properties: {
        detail: { type: 'string', description: 'What is wrong, for a person' },
        error: {
          ...CODED_ERROR,
          description: 'The same for a program; on refusals of credentials and on our own routes',
        },
      },
      example: { detail: 'The query is blank.' },
    },
    ValidationErrors: {
      type: 'object',
      required: ['detail'],
      properties: {
        detail: {
          type: 'array',
          items: {
            type: 'object',
            required: ['type', 'loc', 'msg', 'input'],
            properties: {
              type: { type: 'string', description: 'Kind of failure, such as `missing`' },
              loc: {
                type: 'array',
                description: 'Part of the request, then the way to the value',
                items: { type: ['string', 'integer'] },
              },
              msg: { type: 'string' },
              input: { description: 'The value that was refused' },
              ctx: { type: 'object', additionalProperties: true },
            },
          },
        },
        error: CODED_ERROR,
      },
      example: {
        detail: [
          {
            type: 'string_too_short',
            loc: ['body', 'query'],
            msg: 'String should have at least 3 characters',
            input: 'a',
            ctx: { min_length: 3 },
          },
        ],
      },
    },
  },
} as const
