//! Lanes keep the order of reports about the same status: in each lane, one is in flight and the others are queued.

use std::{
    collections::{HashMap, VecDeque, hash_map::Entry},
    sync::Arc,
};

/// The items in flight, with those queued behind them.
#[derive(Debug)]
pub(super) struct Lanes<T> {
    lanes: HashMap<Arc<str>, VecDeque<T>>,
    waiting: usize,
}

impl<T> Lanes<T> {
    pub(super) fn new() -> Self {
        Self { lanes: HashMap::new(), waiting: 0 }
    }

    /// Returns the item if it can be sent now, and queues it otherwise.
    pub(super) fn enter(&mut self, lane: Arc<str>, item: T) -> Option<T> {
        match self.lanes.entry(lane) {
            Entry::Occupied(mut queue) => {
                queue.get_mut().push_back(item);
                self.waiting += 1;
                None
            }
            Entry::Vacant(lane) => {
                lane.insert(VecDeque::new());
                Some(item)
            }
        }
    }

    /// Removes the item in flight from a lane, and returns the next one, which can now be sent.
    pub(super) fn leave(&mut self, lane: &str) -> Option<T> {
        let next = self.lanes.get_mut(lane).and_then(VecDeque::pop_front);
        match next {
            Some(_) => self.waiting -= 1,
            None => drop(self.lanes.remove(lane)),
        }
        next
    }

    /// Removes and returns all queued items.
    pub(super) fn drain(&mut self) -> Vec<T> {
        self.waiting = 0;
        self.lanes.values_mut().flat_map(std::mem::take).collect()
    }

    /// The number of queued items.
    pub(super) fn waiting(&self) -> usize {
        self.waiting
    }
}

#[cfg(test)]
mod tests {
    use super::Lanes;

    #[test]
    fn a_lane_keeps_its_order_and_stops_no_other() {
        let mut lanes = Lanes::new();
        assert_eq!(lanes.enter("a".into(), 1), Some(1));
        assert_eq!((lanes.enter("a".into(), 2), lanes.enter("a".into(), 3)), (None, None));
        assert_eq!(lanes.enter("b".into(), 4), Some(4));
        assert_eq!(lanes.waiting(), 2);
        assert_eq!((lanes.leave("a"), lanes.leave("b"), lanes.leave("a")), (Some(2), None, Some(3)));
        assert_eq!((lanes.leave("a"), lanes.waiting()), (None, 0));
        assert!(lanes.lanes.is_empty(), "nothing is kept of what is over");
    }

    #[test]
    fn what_waits_can_be_taken_out() {
        let mut lanes = Lanes::new();
        let waiting: Vec<_> = (1..4).filter_map(|item| lanes.enter("a".into(), item)).collect();
        assert_eq!((waiting, lanes.drain(), lanes.waiting()), (vec![1], vec![2, 3], 0));
        assert_eq!((lanes.leave("a"), lanes.lanes.len()), (None, 0));
    }
}
