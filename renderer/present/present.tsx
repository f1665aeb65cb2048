export function Present() { return <section aria-label="Presentation" />; }
