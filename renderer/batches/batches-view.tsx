export function BatchesView() { return <section aria-label="Batches" />; }
