export function GraphView() { return <section aria-label="Graph" />; }
