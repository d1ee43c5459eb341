"""An Esplora (Blockstream's, mempool's, one's own electrs): questions over HTTP."""
