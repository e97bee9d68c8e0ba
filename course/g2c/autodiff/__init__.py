"""Module 01: numbers that remember where they came from, and derivatives by walking back."""
