// Accepts requests: each is in Redis, and Redis's log on disk, before it is answered 202.
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { Queue } from 'bullmq';

const [port, redis, digest] = process.argv.slice(2);
const queue = new Queue('jobs', {
  connection: { host: '127.0.0.1', port: Number(redis) },
  defaultJobOptions: {
    attempts: 10,
    backoff: { type: 'exponential', delay: 5000 },
    removeOnComplete: { age: 86400 },
  },
});
const expected = Buffer.from(digest, 'hex');

function knows(header = '') {
  const found = createHash('sha256').update(header.replace(/^Bearer /, '')).digest();
  return timingSafeEqual(found, expected);
}

createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', async () => {
    const answer = (status, body) => {
      const text = JSON.stringify(body);
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': text.length });
      response.end(text);
    };
    if (!knows(request.headers.authorization)) return answer(401, { status: 'unauthorized' });
    try {
      const body = JSON.parse(Buffer.concat(parts));
      if (body.CityName !== 'Paris') return answer(422, { status: 'no match' });
      const job = await queue.add('run', body);
      answer(202, { status: 'queued', run: job.id });
    } catch (error) {
      answer(503, { status: String(error) });
    }
  });
}).listen(Number(port), '127.0.0.1');
