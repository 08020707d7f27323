import { Skeleton } from './skeleton.tsx'

/** What stands there before it is known what to show of a page outside any tenant. */
export function FrontWaiting() {
  return (
    <main className="front">
      <div className="front-card">
        <Skeleton lines={3} height={20} />
      </div>
    </main>
  )
}
