// One question to a worker of its own, which ends with the answer.
export function inWorker(address, question) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(address);
    const end = (deed) => (event) => {
      worker.terminate();
      deed(event);
    };
    worker.onmessage = end(({ data }) => resolve(data));
    worker.onerror = end(() => reject(new Error("the worker of the Question Corner failed")));
    worker.postMessage(question);
  });
}
