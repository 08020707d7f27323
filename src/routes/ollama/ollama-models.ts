/** Ollama's version whose API this is. */
export const OLLAMA_VERSION = '0.9.3'

/** When the model was made, as every reply says. */
export const CREATED_AT = '2024-01-15T00:00:00Z'

const SIZE_BYTES = 7_365_960_935

function identity(model: string) {
  return { name: model, model, size: SIZE_BYTES, digest: 'sha256:lightrag' }
}

/** The one model of `/api/tags`. */
export function listedModel(model: string) {
  const family = model.replace(/:[^:]*$/, '')
  return {
    ...identity(model),
    modified_at: CREATED_AT,
    details: {
      parent_model: '',
      format: 'gguf',
      family,
      families: [family],
      parameter_size: '13B',
      quantization_level: 'Q4_0',
    },
  }
}

/** The same as `/api/ps` shows it: loaded, for ever. */
export function runningModel(model: string) {
  return {
    ...identity(model),
    details: {
      parent_model: '',
      format: 'gguf',
      family: 'llama',
      families: ['llama'],
      parameter_size: '7.2B',
      quantization_level: 'Q4_0',
    },
    expires_at: '2050-12-31T14:38:31.83753-07:00',
    size_vram: SIZE_BYTES,
  }
}
