import { setTimeout } from 'node:timers/promises';

/** A client that wants its orders placed: without an answer it asks again, and by the id nothing is placed twice. */
const url = `http://127.0.0.1:${process.env['PORT'] ?? 3000}/orders`;
const count = Number(process.argv[2] ?? 500);
const headers = { 'content-type': 'application/json' };

for (let number = 1; number <= count; number++) {
  const body = JSON.stringify({ id: `order-${number}`, item: 'tea', pieces: number });
  let isPlaced = false;
  while (!isPlaced) {
    isPlaced = await fetch(url, { method: 'POST', headers, body }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (!isPlaced) await setTimeout(100);
  }
  process.stdout.write(`order ${number} is placed\n`);
}
