import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useMemo,
  useRef,
  useState,
} from 'react'
import { useTexts } from '../i18n/use-texts.ts'
import { ActionButton } from './action-button.tsx'

export interface ToastOffer {
  readonly text: string
  /** What may still be done about it, such as to undo it. */
  readonly action?: { readonly text: string; readonly run: () => void }
  /** How long it stays; 8 seconds unless given. */
  readonly ms?: number
}

interface Shown extends ToastOffer {
  readonly id: number
}

interface ToastApi {
  /** @returns takes it away */
  show(offer: ToastOffer): () => void
}

const ToastContext = createContext<ToastApi | undefined>(undefined)
const USUAL_MS = 8000
const MOST = 4

/** Short remarks at the edge, read out as they come. Nothing stands in them alone that matters. */
export function Toasts({ children }: { readonly children: ReactNode }) {
  const { t } = useTexts()
  const [shown, setShown] = useState<readonly Shown[]>([])
  const next = useRef(0)
  const remove = useCallback((id: number) => {
    setShown((before) => before.filter((one) => one.id !== id))
  }, [])
  const api = useMemo<ToastApi>(
    () => ({
      show: (offer) => {
        next.current += 1
        const id = next.current
        setShown((before) => [...before, { ...offer, id }].slice(-MOST))
        const timer = setTimeout(() => remove(id), offer.ms ?? USUAL_MS)
        return () => {
          clearTimeout(timer)
          remove(id)
        }
      },
    }),
    [remove],
  )
  return (
    <ToastContext.Provider value={api}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {shown.map(({ id, text, action }) => (
          <div className="toast" key={id}>
            <span className="grow">{text}</span>
            {action && (
              <ActionButton
                isCompact
                onPress={() => {
                  action.run()
                  remove(id)
                }}
              >
                {action.text}
              </ActionButton>
            )}
            <ActionButton icon="close" look="quiet" isCompact iconOnly onPress={() => remove(id)}>
              {t('app.close')}
            </ActionButton>
          </div>
        ))}
      </div>
    </ToastContext.Provider>
  )
}

export function useToasts(): ToastApi {
  const api = useContext(ToastContext)
  if (api === undefined) throw new TypeError('There are no toasts around this component')
  return api
}
