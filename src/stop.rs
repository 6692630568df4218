//! How work ends that nobody waits for any more.

use std::any::Any;
use std::cell::RefCell;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

thread_local! {
    /// What may stop the work of this thread.
    static OF_THREAD: RefCell<Option<Stop>> = const { RefCell::new(None) };
}

/// What stops some work, on whichever threads it is done.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

/// What unwinds the stack of work that was stopped.
struct Stopped;

impl Stop {
    /// What may stop the work of this thread; never anything where nobody said.
    pub fn of_thread() -> Stop {
        OF_THREAD.with_borrow(Clone::clone).unwrap_or_default()
    }

    /// Stops the work.
    pub fn stop(&self) {
        self.0.store(true, Relaxed);
    }

    /// Does some work that this may stop.
    pub fn over<T>(&self, work: impl FnOnce() -> T) -> T {
        struct Before(Option<Stop>);
        impl Drop for Before {
            fn drop(&mut self) {
                OF_THREAD.set(self.0.take());
            }
        }
        let _before = Before(OF_THREAD.replace(Some(self.clone())));
        work()
    }
}

/// Ends the work of this thread where that was stopped: its stack is unwound, so that nothing is made of a half of it.
/// Whatever takes long looks here now and then.
pub fn look() {
    let is_stopped =
        OF_THREAD.with_borrow(|stop| stop.as_ref().is_some_and(|stop| stop.0.load(Relaxed)));
    if is_stopped {
        resume_unwind(Box::new(Stopped));
    }
}

/// Whether a panic is none, but work that was stopped.
pub fn is_stopped(panic: &(dyn Any + Send)) -> bool {
    panic.is::<Stopped>()
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;

    #[test]
    fn work_ends_where_it_looks_once_it_was_stopped() {
        let (stop, other) = (Stop::default(), Stop::default());
        assert_eq!(stop.over(|| (look(), 7).1), 7);
        stop.stop();
        let stopped = catch_unwind(|| stop.over(look)).unwrap_err();
        assert!(is_stopped(&*stopped));
        // Nothing else ends, before or after or within.
        look();
        other.over(|| _ = catch_unwind(|| stop.over(look)));
        other.over(|| assert_eq!(stop.over(|| other.over(|| (look(), 7).1)), 7));
        assert!(catch_unwind(|| stop.over(|| Stop::of_thread().over(look))).is_err());
    }
}
